// Clients plays the lives of two customers against a sandbox, each call with the
// types that oapi-codegen makes of the documents. It shows that these types can be
// filled and read: nothing here writes JSON.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"clients/control"
	"clients/product"
)

const (
	tenant   = "typed-go"
	password = "SecurePass123!"
	pdf      = "JVBERi0xLjQKJSVFT0YK"
)

// headers sets those of every call. The generator has them in a type for each
// operation, which would be filled in the same way each time.
func headers(_ context.Context, r *http.Request) error {
	for name, value := range map[string]string{
		"X-Tenant-ID": tenant, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-From": "typed-client", "platform": "web", "deviceId": "typed-device",
	} {
		r.Header.Set(name, value)
	}
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: clients http://127.0.0.1:8080")
		os.Exit(2)
	}
	p, err := newPlayer(os.Args[1])
	for _, life := range []func() error{p.individual, p.organization} {
		if err == nil {
			err = life()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("oapi-codegen: the lives of an individual and of an organization, %d calls\n", p.calls)
}

// player plays the lives.
type player struct {
	product *product.ClientWithResponses
	control *control.ClientWithResponses
	calls   int
}

func newPlayer(url string) (*player, error) {
	p := &player{}
	var err error
	if p.product, err = product.NewClientWithResponses(url+"/api/v2.1", product.WithRequestEditorFn(headers)); err != nil {
		return nil, err
	}
	p.control, err = control.NewClientWithResponses(url + "/_sandbox")
	return p, err
}

// as sends the token of a caller.
func as(token string) product.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}

// reply is what the generator makes of the replies to an operation.
type reply interface {
	StatusCode() int
	GetBody() []byte
}

// check counts a call and holds its reply to the status that must come.
func (p *player) check(what string, status int, r reply, err error) error {
	p.calls++
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if r.StatusCode() != status {
		return fmt.Errorf("%s: %d instead of %d: %s", what, r.StatusCode(), status, r.GetBody())
	}
	return nil
}

// union fills one variant of a union.
func union[U, V any](from func(*U, V) error, variant V) U {
	var u U
	if err := from(&u, variant); err != nil {
		panic(err)
	}
	return u
}

func ptr[T any](v T) *T { return &v }

// fund puts money on a wallet, which only the control API can.
func (p *player) fund(wallet, amount string) error {
	r, err := p.control.FundWalletWithResponse(context.Background(), wallet,
		&control.FundWalletParams{XTenantID: ptr(tenant)},
		control.Fund{Amount: union((*control.FundedAmount).FromMajorText, amount)})
	return p.check("fund the wallet", 200, r, err)
}
