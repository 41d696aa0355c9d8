package app_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

// TestALeavingCallerGetsAllOrNothing lets the caller of a request leave whenever
// the clock is looked at on its way: until its act begins nothing happens, nothing
// is replied and no fault is logged; from then on everything happens.
func TestALeavingCallerGetsAllOrNothing(t *testing.T) {
	const registration = `{"firstName":"Anna","lastName":"Petrauskaite","email":"anna@example.com","phone":"+37062767557",` +
		`"dateOfBirth":"1990-05-14","gender":"FEMALE","nationality":"LT","password":"SecurePass123!","matchingPassword":"SecurePass123!",` +
		`"customerCategory":{"id":"fs-cat-b2c-low-001","name":"Individual Standard"},"roleIds":["ACCOUNT_OWNER","USER"]}`
	for _, c := range []struct{ method, path, body string }{
		{http.MethodPost, "/api/v2.1/customer/individual/registration", registration},
		{http.MethodGet, "/api/v2.1/customer/individual/categorization/hierarchy/t", ""},
		{http.MethodPatch, "/_sandbox/settings", `{"headers": "strict"}`},
	} {
		t.Run(c.method+c.path, func(t *testing.T) {
			t.Parallel()
			never := leaveAt(t, 0, c.method, c.path, c.body)
			if never.aborted || never.status/100 != 2 {
				t.Fatalf("%+v", never)
			}
			given := 0
			for look := range never.looks {
				got := leaveAt(t, look+1, c.method, c.path, c.body)
				switch {
				case got.aborted && got.status == 0 && got.before == got.after:
					given++
				case !got.aborted && got.status == never.status && got.after == never.after:
				default:
					t.Errorf("who left at look %d: %+v", look+1, got)
				}
				if strings.Contains(got.log, "level=ERROR") {
					t.Errorf("who left at look %d: %s", look+1, got.log)
				}
			}
			if given == 0 || given == never.looks {
				t.Errorf("%d of %d that left got nothing", given, never.looks)
			}
		})
	}
}

// left is what came of a request whose caller left.
type left struct {
	aborted       bool
	status, looks int
	before, after string
	log           string
}

// leaveAt makes a request in a sandbox of its own; its caller leaves when the clock
// is looked at so many times.
func leaveAt(t *testing.T, look int, method, path, body string) (got left) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	counting := false
	var log bytes.Buffer
	a, err := app.Open(app.Config{Settings: setting.Settings{Headers: setting.Relaxed}, Seed: "leave", Now: func() time.Time {
		if counting {
			if got.looks++; got.looks == look {
				leave()
			}
		}
		return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	}}, &log)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	dump := func() string {
		text, err := a.World().Engine().Dump(t.Context(), "t")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	r := httptest.NewRequestWithContext(ctx, method, "http://localhost:8080"+path, strings.NewReader(body))
	for name, value := range map[string]string{"X-Tenant-ID": "t", "Authorization": "Bearer " + adminToken, "Content-Type": "application/json"} {
		r.Header.Set(name, value)
	}
	recorder := &httptest.ResponseRecorder{Body: new(bytes.Buffer)}
	got.before = dump()
	counting = true
	func() {
		defer func() {
			if p := recover(); p != nil {
				got.aborted = p == http.ErrAbortHandler //nolint:errorlint // a panic's value is compared
			}
		}()
		a.Handler().ServeHTTP(recorder, r)
	}()
	counting = false
	got.status, got.after, got.log = recorder.Code, dump(), log.String()
	return got
}
