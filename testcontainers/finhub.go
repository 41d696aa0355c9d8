// Package finhub starts finhub-sandbox in a container, for tests that use Testcontainers.
// Go tests that need no container have the package sandboxtest, which starts one in their
// own process.
package finhub

import (
	"context"
	"errors"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// The port on which the image listens, and what is asked whether it is ready.
const (
	port   = "8080/tcp"
	health = "/_sandbox/health"
)

// AdminToken is the fixed token of an administrator, for the header Authorization.
const AdminToken = "sandbox-admin"

// defaultTenant is the tenant of a container for which none is chosen.
const defaultTenant = "sandbox"

// Container is a sandbox that runs and is ready.
type Container struct {
	*testcontainers.DockerContainer
	// Addr is the host and the port of both APIs: what SANDBOX_CONTROL_ADDR is for the
	// verbs of the command line.
	Addr string
	// BaseURL is the product's, such as http://localhost:32768/api/v2.1, and ControlURL
	// that of the control API.
	BaseURL, ControlURL string
	// Tenant is for the header X-Tenant-ID.
	Tenant string
}

// Run starts an image of the sandbox and waits until it is ready. Options are those of
// this package and of Testcontainers, of which the last holds. Whoever runs it ends it
// with testcontainers.TerminateContainer, also after an error.
func Run(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	running, err := testcontainers.Run(ctx, image, customizers(opts)...)
	c := &Container{DockerContainer: running, Tenant: tenantOf(opts)}
	if err != nil {
		return c, err
	}
	if c.Addr, err = running.PortEndpoint(ctx, port, ""); err != nil {
		return c, errors.Join(err, testcontainers.TerminateContainer(running))
	}
	c.BaseURL, c.ControlURL = "http://"+c.Addr+"/api/v2.1", "http://"+c.Addr+"/_sandbox"
	return c, nil
}

// customizers are what every sandbox needs, and then the options.
func customizers(opts []testcontainers.ContainerCustomizer) []testcontainers.ContainerCustomizer {
	const often = 100 * time.Millisecond
	ready := wait.ForHTTP(health).WithPort(port).WithPollInterval(often) // Until it is answered with 200.
	return append([]testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(port),
		testcontainers.WithEnv(map[string]string{"SANDBOX_ADDR": ":8080", "SANDBOX_LOG_FORMAT": "json"}),
		testcontainers.WithWaitStrategy(ready),
	}, opts...)
}

// WithScenario has a scenario govern new customers that is given as text, in YAML.
func WithScenario(text string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"SANDBOX_SCENARIO_YAML": text})
}

// WithScenarioName has a built-in scenario govern new customers, such as kyc-rejected.
func WithScenarioName(name string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"SANDBOX_SCENARIO": name})
}

// WithControlToken asks for a token in control calls.
func WithControlToken(token string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(map[string]string{"SANDBOX_CONTROL_TOKEN": token})
}

// WithSettings sets variables of the sandbox, such as SANDBOX_HEADERS: relaxed.
func WithSettings(variables map[string]string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithEnv(variables)
}

// WithTenant has the sandbox know that tenant alone, so that a misspelt one is refused.
func WithTenant(name string) testcontainers.ContainerCustomizer { return tenant(name) }

type tenant string

// Customize sets the tenant.
func (t tenant) Customize(r *testcontainers.GenericContainerRequest) error {
	return testcontainers.WithEnv(map[string]string{"SANDBOX_TENANTS": string(t)})(r)
}

func tenantOf(opts []testcontainers.ContainerCustomizer) string {
	name := defaultTenant
	for _, opt := range opts {
		if t, ok := opt.(tenant); ok {
			name = string(t)
		}
	}
	return name
}
