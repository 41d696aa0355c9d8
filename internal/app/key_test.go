package app_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"finhub-sandbox/internal/app"
	"finhub-sandbox/internal/setting"
)

const adminLogin = "/api/v2.1/admin/organization/org-7/users/admin-1/sessions"

// login logs an administrator in and gives the token.
func (p *localSandbox) login() string {
	p.t.Helper()
	return p.must("demo", http.MethodPost, adminLogin,
		`{"username": "ona@example.com", "password": "SecurePass123!", "tenantKey": "k3y", "tenantSecret": "s3cret"}`).get("data.token")
}

// takes reports whether a token is good in a sandbox in which its session is open.
func (p *localSandbox) takes(token string) bool {
	p.t.Helper()
	return p.call("demo", http.MethodGet, hierarchy, "", "Authorization", "Bearer "+token).status == http.StatusOK
}

// TestTokensAreGoodWhereTheyWereMade: the same requests make the same sessions
// everywhere, so that only the key tells tokens apart.
func TestTokensAreGoodWhereTheyWereMade(t *testing.T) {
	for _, c := range []struct {
		name       string
		one, other app.Config
		good       bool
	}{
		{"without a seed", app.Config{}, app.Config{}, false},
		{"with the seed that ids have without one", app.Config{}, app.Config{Seed: app.DefaultSeed}, false},
		{"with one seed", app.Config{Seed: "lily"}, app.Config{Seed: "lily"}, true},
		{"with two seeds", app.Config{Seed: "lily"}, app.Config{Seed: "rose"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			one, other := openLocal(t, c.one), openLocal(t, c.other)
			token, own := one.login(), other.login()
			if !one.takes(token) || !other.takes(own) {
				t.Error("a token is refused where it was made")
			}
			if other.takes(token) != c.good {
				t.Errorf("another sandbox takes the token: %v, want %v", !c.good, c.good)
			}
			if ids := []string{one.register("demo", "a@example.com"), other.register("demo", "a@example.com")}; (ids[0] == ids[1]) != (c.name != "with two seeds") {
				t.Errorf("the ids are %q", ids)
			}
		})
	}
}

// TestADataFileKeepsTheKey over a restart, and no other file has it.
func TestADataFileKeepsTheKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.db")
	first := openLocal(t, app.Config{Data: file})
	token := first.login()
	if err := first.app.Close(); err != nil {
		t.Fatal(err)
	}
	if again := openLocal(t, app.Config{Data: file}); !again.takes(token) {
		t.Error("the token is refused after a restart")
	}
	other := openLocal(t, app.Config{Data: filepath.Join(t.TempDir(), "other.db")})
	other.login()
	if other.takes(token) {
		t.Error("another file's sandbox takes the token")
	}
}

// TestLoginsNeedTheKeysOfTheFlags unless the tenant's settings name others.
func TestLoginsNeedTheKeysOfTheFlags(t *testing.T) {
	sandbox := openLocal(t, app.Config{Settings: setting.Settings{TenantKey: "k3y", TenantSecret: "s3cret"}, NoFixedTokens: true})
	sandbox.must("named", http.MethodPatch, "/_sandbox/settings", `{"tenantKey": "other"}`)
	sandbox.must("lax", http.MethodPatch, "/_sandbox/settings", `{"loginKeys": "optional"}`)
	for _, c := range []struct {
		tenant, key, secret string
		status              int
	}{
		{"demo", `"k3y"`, `"s3cret"`, http.StatusOK},
		{"demo", `"k3"`, `"s3cret"`, http.StatusForbidden},
		{"demo", `"k3y"`, `"s3cret2"`, http.StatusForbidden},
		{"demo", `null`, `"s3cret"`, http.StatusBadRequest},
		{"demo", `""`, `"s3cret"`, http.StatusBadRequest},
		{"named", `"k3y"`, `"s3cret"`, http.StatusForbidden},
		{"named", `"other"`, `"s3cret"`, http.StatusOK},
		{"lax", `"k3y"`, `"s3cret"`, http.StatusOK},
		{"lax", `null`, `null`, http.StatusForbidden},
	} {
		body := `{"username": "ona@example.com", "password": "SecurePass123!", "tenantKey": ` + c.key + `, "tenantSecret": ` + c.secret + `}`
		if reply := sandbox.call(c.tenant, http.MethodPost, adminLogin, body); reply.status != c.status {
			t.Errorf("%s with %s and %s gives %d %s, want %d", c.tenant, c.key, c.secret, reply.status, reply.text, c.status)
		}
	}
	if sandbox.takes("sandbox-admin") {
		t.Error("a fixed token is taken though they are off")
	}
}

// TestTenantsAreRestrictedEverywhere: on the control API as in the product.
func TestTenantsAreRestrictedEverywhere(t *testing.T) {
	sandbox := openLocal(t, app.Config{Tenants: []string{"acme"}})
	for _, d := range loadDocuments(t)[1:] {
		for _, o := range d.Operations {
			if len(o.Headers) == 0 {
				continue
			}
			for _, tenant := range []string{"demo", "Acme", "acme.", "sandbox"} {
				reply := sandbox.call(tenant, o.Method, o.URL(map[string]string{"name": "happy-path", "walletId": "w", "customerId": "c"}), "")
				if reply.status != http.StatusForbidden || reply.get("error.code") != "TENANT_ACCESS_DENIED" {
					t.Errorf("%s for %s gives %d %s", o.ID, tenant, reply.status, reply.text)
				}
			}
		}
	}
	for _, path := range []string{"/_sandbox/clock", "/api/v2.1/customer/individual/categorization/hierarchy/acme"} {
		if reply := sandbox.call("acme", http.MethodGet, path, ""); reply.status != http.StatusOK {
			t.Errorf("%s gives %d %s", path, reply.status, reply.text)
		}
	}
	if reply := sandbox.call("demo", http.MethodGet, "/_sandbox/health", ""); reply.status != http.StatusOK {
		t.Errorf("health, which is about no tenant, gives %d", reply.status)
	}
}
