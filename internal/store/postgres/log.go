package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"finhub-sandbox/internal/store"
)

// again is how long a statement is put off whose outcome is not known.
const again = 50 * time.Millisecond

// Append adds commits behind another, in one statement.
//
// When the answer is lost, the same statement is sent again: it can have its effect only
// once, since the numbers are given once. If they are taken by then, the id of what stands
// there says who was first.
func (l *Log) Append(ctx context.Context, tenant string, behind int64, commits []store.Commit) error {
	sql, params := insertion(tenant, behind, commits)
	lost := false
	for try := 0; ; try++ {
		_, changed, err := l.exec(ctx, sql, params...)
		switch {
		case err == nil && changed > 0:
			return nil
		case err == nil || stateOf(err) == uniqueViolation:
			if !lost {
				return store.ErrBehind
			}
			ours, known, failed := l.isThere(ctx, tenant, commits[len(commits)-1])
			switch {
			case failed == nil && ours:
				return nil
			case failed == nil && known:
				return store.ErrBehind
			case failed == nil:
				return unwritten(errGone, true)
			}
			err = failed
		}
		lost = lost || !undone(err)
		if !passes(err) || !lost && try > 0 || l.Wait(ctx, again) != nil {
			return unwritten(err, lost)
		}
	}
}

var errGone = errors.New("what stood in its place in the log has gone behind a base")

// insertion is the statement that adds commits. The row before them must be there: the
// numbers behind it are free only as long as it is, since rows go in their order. It is
// locked until then, so that it cannot go meanwhile. The row 0 never goes.
func insertion(tenant string, behind int64, commits []store.Commit) (sql string, params []any) {
	var b strings.Builder
	params = append(params, tenant)
	value := func(v any) string {
		params = append(params, v)
		return fmt.Sprint("$", len(params))
	}
	b.WriteString("INSERT INTO finhub_sandbox_log (tenant, version, unit, present, due, body) SELECT $1::text, v.version, v.unit, v.present, v.due, v.body FROM ")
	if behind > 0 {
		fmt.Fprintf(&b, "(SELECT 1 FROM finhub_sandbox_log WHERE tenant = $1::text AND version = %s::bigint FOR KEY SHARE) AS p, ", value(behind))
	}
	b.WriteString("(VALUES ")
	separator := ""
	if behind == 0 {
		b.WriteString("(0::bigint, '', false, '', ''::bytea)")
		separator = ", "
	}
	for _, c := range commits {
		present := "false"
		if c.Head.Present {
			present = "true"
		}
		fmt.Fprintf(&b, "%s(%s::bigint, %s::text, %s, %s::text, %s::bytea)", separator, value(c.Number), value(c.ID), present, value(formatDue(c.Head.Due)), value(bytesOf(c.Body)))
		separator = ", "
	}
	b.WriteString(") AS v(version, unit, present, due, body)")
	return b.String(), params
}

func formatDue(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

func parseDue(text []byte) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, string(text)) // Nothing is none.
	return at
}

// isThere reports whether a commit is in the log, if anything is known of its number.
func (l *Log) isThere(ctx context.Context, tenant string, c store.Commit) (ours, known bool, err error) {
	rows, _, err := l.exec(ctx, "SELECT unit FROM finhub_sandbox_log WHERE tenant = $1::text AND version = $2::bigint", tenant, c.Number)
	if err != nil || len(rows) == 0 {
		return false, false, err
	}
	return string(rows[0][0]) == c.ID, true, nil
}

// readAtOnce is how many commits are read at once.
const readAtOnce = 500

// Read gives the commits from a number on.
func (l *Log) Read(ctx context.Context, tenant string, from int64) (list []store.Commit, more bool, err error) {
	rows, err := l.query(ctx, "SELECT version, unit, CASE WHEN version > $2::bigint THEN body END AS body FROM finhub_sandbox_log WHERE tenant = $1::text AND version >= $2::bigint ORDER BY version LIMIT $3::bigint",
		tenant, from, int64(readAtOnce))
	if err != nil {
		return nil, false, err
	}
	for _, row := range rows {
		n, err := number(row[0])
		if err != nil {
			return nil, false, err
		}
		list = append(list, store.Commit{Number: n, ID: string(row[1]), Body: row[2]})
	}
	return list, len(list) == readAtOnce, nil
}

// Base gives the last base that is whole.
func (l *Log) Base(ctx context.Context, tenant string) (n int64, parts [][]byte, err error) {
	rows, err := l.query(ctx, "SELECT version, node FROM finhub_sandbox_base WHERE tenant = $1::text AND last ORDER BY version DESC LIMIT 1", tenant)
	if err != nil || len(rows) == 0 {
		return 0, nil, err
	}
	if n, err = number(rows[0][0]); err != nil {
		return 0, nil, err
	}
	node := string(rows[0][1])
	for part := int64(0); ; part++ {
		rows, err = l.query(ctx, "SELECT last, body FROM finhub_sandbox_base WHERE tenant = $1::text AND version = $2::bigint AND node = $3::text AND part = $4::bigint", tenant, n, node, part)
		if err != nil {
			return 0, nil, err
		}
		if len(rows) == 0 {
			return l.Base(ctx, tenant) // A newer one has taken its place meanwhile.
		}
		parts = append(parts, rows[0][1])
		if string(rows[0][0]) == "t" {
			return n, parts, nil
		}
	}
}

// keepAge is how old a row must be to go, in seconds: no statement that has seen it is still
// under way then.
const keepAge = 60

// PutBase adds a base, and deletes what it replaces.
func (l *Log) PutBase(ctx context.Context, tenant string, n int64, parts func(yield func([]byte) bool)) error {
	const insert = "INSERT INTO finhub_sandbox_base (tenant, version, node, part, last, body) VALUES ($1::text, $2::bigint, $3::text, $4::bigint, $5::bool, $6::bytea)"
	var before []byte
	at := int64(0)
	var failed error
	put := func(last string) bool {
		_, _, failed = l.exec(ctx, insert, tenant, n, l.Node, at, last, bytesOf(before))
		at++
		return failed == nil
	}
	parts(func(part []byte) bool {
		goOn := before == nil || put("f")
		before = part
		return goOn
	})
	if failed == nil {
		put("t")
	}
	if failed != nil {
		return unwritten(failed, false)
	}
	for _, sql := range []string{
		fmt.Sprintf("DELETE FROM finhub_sandbox_log WHERE tenant = $1::text AND version > 0 AND version < $2::bigint AND at < now() - interval '%d seconds'", keepAge),
		"DELETE FROM finhub_sandbox_base WHERE tenant = $1::text AND version < $2::bigint",
	} {
		if _, _, err := l.exec(ctx, sql, tenant, n); err != nil {
			return unwritten(err, false)
		}
	}
	return nil
}

// Last gives the last commit of every tenant.
func (l *Log) Last(ctx context.Context) (list []store.News, place int64, err error) {
	if err := l.readClock(ctx); err != nil {
		return nil, 0, err
	}
	rows, err := l.query(ctx, "SELECT seq, tenant, version, present, due FROM finhub_sandbox_log JOIN (SELECT tenant, max(version) AS version FROM finhub_sandbox_log GROUP BY tenant) AS newest USING (tenant, version)")
	if err != nil {
		return nil, 0, err
	}
	return newsOf(rows, 0)
}

// overlap is how many numbers of the sequence are looked at again: they are given before
// the commits that have them can be seen.
const overlap = 200

// newsAtOnce is how many rows are read at once.
const newsAtOnce = 5_000

// News gives what has come behind a number of the sequence.
func (l *Log) News(ctx context.Context, place int64) (list []store.News, next int64, err error) {
	rows, err := l.query(ctx, "SELECT seq, tenant, version, present, due FROM finhub_sandbox_log WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint", max(0, place-overlap), int64(newsAtOnce))
	if err != nil {
		return nil, place, err
	}
	return newsOf(rows, place)
}

// newsOf gives the last that rows say of each tenant.
func newsOf(rows [][][]byte, place int64) (list []store.News, next int64, err error) {
	at := map[string]int{}
	next = place
	for _, row := range rows {
		seq, errSeq := number(row[0])
		version, errVersion := number(row[2])
		if err := errors.Join(errSeq, errVersion); err != nil {
			return nil, place, err
		}
		next = max(next, seq)
		n := store.News{Tenant: string(row[1]), Number: version, Head: store.Head{Present: string(row[3]) == "t", Due: parseDue(row[4])}}
		if i, ok := at[n.Tenant]; !ok {
			at[n.Tenant] = len(list)
			list = append(list, n)
		} else if list[i].Number < n.Number {
			list[i] = n
		}
	}
	return list, next, nil
}
