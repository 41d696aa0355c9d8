package control

import (
	"context"
	"io"
	"strings"

	"finhub-sandbox/internal/coverage"
	"finhub-sandbox/internal/headers"
	"finhub-sandbox/internal/rest"
)

// getCoverage shows what the tenant's requests have met, in the form that is asked for.
func (a *API) getCoverage(c *rest.Call) (rest.Reply, error) {
	report := a.info.Coverage.Report(c.Tenant)
	name := c.Query("form")
	if name == "" {
		name = coverage.FormAccepted(c.Header.Get(headers.Accept))
	}
	if name == "" || name == "json" {
		return rest.Reply{Data: report}, nil
	}
	form := coverage.FormOf(name)
	return rest.Reply{Stream: &rest.Stream{MediaType: form.MediaType, Write: func(_ context.Context, to *rest.Sink) error {
		_, err := io.Copy(to, strings.NewReader(form.Write(report)))
		return err
	}}}, nil
}
