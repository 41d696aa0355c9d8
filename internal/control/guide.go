package control

import (
	"finhub-sandbox/internal/client"
	"finhub-sandbox/internal/guide"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/sessions"
	"finhub-sandbox/spec"
)

// quickTenant is the tenant of the first calls, whose ids are the same every time.
const quickTenant = "quickstart"

// llms is the text for programs.
func llms() (*rest.Asset, error) {
	text, err := guide.LLMs(spec.Product(), spec.Control())
	return rest.NewAsset("text/plain", []byte(text)), err
}

// getQuickstart words the first calls, with the address by which it was asked.
func (a *API) getQuickstart(c *rest.Call) (rest.Reply, error) {
	host := guide.Host(c.Host(), "localhost:8080")
	product := host
	if a.info.ProductAddr != "" {
		product = client.Reach(a.info.ProductAddr, host)
	}
	in := guide.Instance{Product: product, Control: host, Tenant: quickTenant}
	if !a.world.Config.NoFixedTokens {
		for _, token := range sessions.FixedTokens() {
			in.Tokens = append(in.Tokens, token[0])
		}
	}
	text, err := guide.Quickstart(spec.Product(), in)
	return rest.Reply{Asset: rest.NewAsset("text/plain", []byte(text))}, err
}
