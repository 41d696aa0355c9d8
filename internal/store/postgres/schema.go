package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"finhub-sandbox/internal/store"
)

// schemaVersion is that of the tables that this version of the program knows.
const schemaVersion = 1

// migrations make the tables of a version of those of the one before. Each is a transaction.
var migrations = []string{
	`CREATE TABLE finhub_sandbox_log (
	tenant text NOT NULL,
	version bigint NOT NULL,
	unit text NOT NULL,
	present boolean NOT NULL,
	due text NOT NULL,
	body bytea NOT NULL,
	seq bigserial NOT NULL,
	at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant, version)
);
CREATE INDEX finhub_sandbox_log_seq ON finhub_sandbox_log (seq);
CREATE TABLE finhub_sandbox_base (
	tenant text NOT NULL,
	version bigint NOT NULL,
	node text NOT NULL,
	part bigint NOT NULL,
	last boolean NOT NULL,
	body bytea NOT NULL,
	PRIMARY KEY (tenant, version, node, part)
);
CREATE TABLE finhub_sandbox_claim (
	tenant text NOT NULL,
	what text NOT NULL,
	node text NOT NULL,
	at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (tenant, what)
);
CREATE TABLE finhub_sandbox_schema (version bigint NOT NULL PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
INSERT INTO finhub_sandbox_schema (version) VALUES (1)`,
}

// prepare makes and migrates the tables, and looks whether they are ours.
func (l *Log) prepare(ctx context.Context) error {
	const tries = 20 // Others may be making them.
	var err error
	for range tries {
		if err = l.migrate(ctx); err == nil {
			return l.check(ctx)
		}
		state := stateOf(err)
		inTheWay := state == uniqueViolation || state == duplicateTable || state != "" && passes(err)
		if !inTheWay || l.Wait(ctx, again) != nil {
			break
		}
	}
	return l.troubleOf(err)
}

// Examine tells what a start would find in the database, and changes nothing.
func Examine(ctx context.Context, c Config) (string, error) {
	l, err := newLog(c)
	if err != nil {
		return "", err
	}
	defer l.drop()
	version, err := l.version(ctx)
	switch {
	case err == nil && version > schemaVersion:
		return "", l.troubleOf(newer(version))
	case err != nil:
		return "", l.troubleOf(err)
	case version == 0:
		return l.String() + " has no tables of the sandbox yet: the first start makes them", nil
	}
	return l.String() + " has the tables of the sandbox, and can be used", l.check(ctx)
}

func newer(version int64) error {
	return fmt.Errorf("%w: its tables have version %d", store.ErrNewer, version)
}

func (l *Log) migrate(ctx context.Context) error {
	version, err := l.version(ctx)
	if err != nil {
		return err
	}
	if version > schemaVersion {
		return newer(version)
	}
	for ; version < schemaVersion; version++ {
		if err := l.execAll(ctx, migrations[version], "COMMIT"); err != nil {
			return err
		}
	}
	return nil
}

// version is that of the tables; 0 is none.
func (l *Log) version(ctx context.Context) (int64, error) {
	rows, _, err := l.exec(ctx, "SELECT max(version) FROM finhub_sandbox_schema")
	switch {
	case stateOf(err) == undefinedTable:
		return 0, nil
	case err != nil:
		return 0, err
	}
	return strconv.ParseInt(string(rows[0][0]), 10, 64)
}

// execAll runs several statements in one transaction, which ends with COMMIT or ROLLBACK.
func (l *Log) execAll(ctx context.Context, sql, end string) error {
	c, err := l.take(ctx)
	if err != nil {
		return err
	}
	err = c.execAll(ctx, "BEGIN;"+sql+";"+end)
	if err != nil {
		_ = c.execAll(ctx, "ROLLBACK") // It is broken by then, or takes that.
	}
	l.give(c, err)
	return err
}

// check looks whether the tables have what is asked of them.
func (l *Log) check(ctx context.Context) error {
	for _, sql := range []string{
		"SELECT tenant, version, unit, present, due, seq, at, body FROM finhub_sandbox_log LIMIT 0",
		"SELECT tenant, version, node, part, last, body FROM finhub_sandbox_base LIMIT 0",
		"SELECT tenant, what, node, at FROM finhub_sandbox_claim LIMIT 0",
	} {
		if _, _, err := l.exec(ctx, sql); err != nil {
			return l.troubleOf(err)
		}
	}
	return l.mayWrite(ctx)
}

// mayWrite looks whether all that is asked of the tables is allowed, by doing it once and
// taking it back. To lock a row (insertion) is no right of its own: that is UPDATE's.
func (l *Log) mayWrite(ctx context.Context) error {
	err := l.execAll(ctx, `INSERT INTO finhub_sandbox_log (tenant, version, unit, present, due, body) VALUES ('', -1, '', false, '', '');
SELECT 1 FROM finhub_sandbox_log WHERE tenant = '' AND version = -1 FOR KEY SHARE;
DELETE FROM finhub_sandbox_log WHERE tenant = '' AND version = -1;
INSERT INTO finhub_sandbox_base (tenant, version, node, part, last, body) VALUES ('', -1, '', 0, false, '');
DELETE FROM finhub_sandbox_base WHERE tenant = '' AND version = -1;
INSERT INTO finhub_sandbox_claim (tenant, what, node) VALUES ('', '', '');
DELETE FROM finhub_sandbox_claim WHERE tenant = '' AND what = ''`, "ROLLBACK")
	if err != nil {
		return l.troubleOf(err)
	}
	return nil
}

// troubleOf makes one helpful line of an error at start.
func (l *Log) troubleOf(err error) error {
	where := l.String()
	var nowhere unconnected
	switch state := stateOf(err); {
	case errors.Is(err, store.ErrNewer):
		return &Trouble{where + " was written by a newer version of the sandbox", "use that, or another database with --store; it was not changed", err}
	case state == insufficientPrivilege:
		return &Trouble{where + " does not let the user " + l.target.user + " do what is needed (" + plain(err) + ")", "grant CREATE on the schema, or once the tables are there SELECT, INSERT, UPDATE and DELETE on them and USAGE on their sequence, or give another user with --store", err}
	case state == readOnly:
		return &Trouble{where + " takes no commits, such as a replica of a database", "give the primary with --store", err}
	case state == duplicateTable, state == undefinedColumn, state == undefinedTable:
		return &Trouble{where + " has tables of these names that are not the sandbox's (" + plain(err) + ")", "give another database or schema with --store; it was not changed", err}
	case errors.As(err, &nowhere):
		return &Trouble{where + " cannot be reached (" + plain(err) + ")", "start it, or correct --store", err}
	}
	return &Trouble{where + " cannot be used (" + plain(err) + ")", "correct that, or give another database with --store", err}
}
