package finhub

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// requestOf makes the request that Run hands to an engine.
func requestOf(t *testing.T, opts ...testcontainers.ContainerCustomizer) testcontainers.GenericContainerRequest {
	t.Helper()
	request := testcontainers.GenericContainerRequest{}
	for _, opt := range customizers(opts) {
		if err := opt.Customize(&request); err != nil {
			t.Fatal(err)
		}
	}
	return request
}

func TestRequest(t *testing.T) {
	const scenario = "name: always-rejected\nextends: kyc-rejected\n"
	for name, c := range map[string]struct {
		opts   []testcontainers.ContainerCustomizer
		env    map[string]string
		tenant string
	}{
		"nothing said":     {nil, map[string]string{}, "sandbox"},
		"a scenario":       {[]testcontainers.ContainerCustomizer{WithScenario(scenario)}, map[string]string{"SANDBOX_SCENARIO_YAML": scenario}, "sandbox"},
		"a built-in one":   {[]testcontainers.ContainerCustomizer{WithScenarioName("kyc-rejected")}, map[string]string{"SANDBOX_SCENARIO": "kyc-rejected"}, "sandbox"},
		"a tenant":         {[]testcontainers.ContainerCustomizer{WithTenant("acme")}, map[string]string{"SANDBOX_TENANTS": "acme"}, "acme"},
		"the last tenant":  {[]testcontainers.ContainerCustomizer{WithTenant("acme"), WithTenant("other")}, map[string]string{"SANDBOX_TENANTS": "other"}, "other"},
		"a control token":  {[]testcontainers.ContainerCustomizer{WithControlToken("secret")}, map[string]string{"SANDBOX_CONTROL_TOKEN": "secret"}, "sandbox"},
		"a setting":        {[]testcontainers.ContainerCustomizer{WithSettings(map[string]string{"SANDBOX_LOG_FORMAT": "text"})}, map[string]string{"SANDBOX_LOG_FORMAT": "text"}, "sandbox"},
		"Testcontainers's": {[]testcontainers.ContainerCustomizer{testcontainers.WithEnv(map[string]string{"TZ": "UTC"})}, map[string]string{"TZ": "UTC"}, "sandbox"},
	} {
		t.Run(name, func(t *testing.T) {
			request := requestOf(t, c.opts...)
			want := map[string]string{"SANDBOX_ADDR": ":8080", "SANDBOX_LOG_FORMAT": "json"}
			for name, value := range c.env {
				want[name] = value
			}
			if !reflect.DeepEqual(request.Env, want) {
				t.Errorf("the environment is %v, not %v", request.Env, want)
			}
			if got := request.ExposedPorts; len(got) != 1 || got[0] != "8080/tcp" {
				t.Errorf("exposed are %v", got)
			}
			if got := tenantOf(c.opts); got != c.tenant {
				t.Errorf("the tenant is %s", got)
			}
		})
	}
}

// engine is as much of one as waiting asks for: a container whose port is a server's.
type engine struct {
	wait.StrategyTarget
	server *httptest.Server
}

func (e engine) Host(context.Context) (string, error) { return "127.0.0.1", nil }

func (e engine) MappedPort(_ context.Context, exposed string) (network.Port, error) {
	if exposed != "8080/tcp" {
		return network.Port{}, fmt.Errorf("%s is not exposed", exposed)
	}
	_, number, _ := strings.Cut(e.server.Listener.Addr().String(), ":")
	return network.ParsePort(number + "/tcp")
}

func (e engine) State(context.Context) (*container.State, error) {
	return &container.State{Running: true, Status: container.StateRunning}, nil
}

// TestRunWaitsUntilTheSandboxIsReady, and not only until somebody answers.
func TestRunWaitsUntilTheSandboxIsReady(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; r.URL.Path != "/_sandbox/health" {
			t.Errorf("it asks %s", r.URL.Path)
		}
		if asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	if err := requestOf(t).WaitingFor.WaitUntilReady(t.Context(), engine{server: server}); err != nil {
		t.Fatal(err)
	}
	if asked != 3 {
		t.Errorf("it asked %d times", asked)
	}
}

// TestRunTellsThatThereIsNoEngine, and does not panic on the way.
func TestRunTellsThatThereIsNoEngine(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := Run(ctx, "finhub-sandbox"); err == nil || c == nil {
		t.Errorf("got %v, %v", c, err)
	}
}
