package contract_test

import (
	"net/http"
	"testing"

	"finhub-sandbox/internal/contract"
)

// TestHeadersAreCheckedEachTime sends wrong values after right ones, right after
// wrong, and the same again: what has been found right spares nothing else.
func TestHeadersAreCheckedEachTime(t *testing.T) {
	d, err := contract.Load([]byte(`{
 "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "/v"}],
 "paths": {"/x": {"get": {"operationId": "o", "responses": {"200": {"description": ""}}, "parameters": [
  {"name": "deviceId", "in": "header", "schema": {"type": "string", "maxLength": 3}},
  {"name": "platform", "in": "header", "schema": {"type": "string", "maxLength": 3}}]}}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		device, platform string
		wrong            int
	}{
		{"long", "web", 1}, {"long", "web", 1}, {"d", "web", 0}, {"d", "web", 0}, {"long", "web", 1}, {"d", "long", 1}, {"web", "d", 0}, {"long", "long", 2},
	} {
		header := http.Header{"Deviceid": {c.device}, "Platform": {c.platform}}
		if found := d.Operation("o").CheckHeaders(header); len(found) != c.wrong {
			t.Errorf("request %d, with %v: %v", i, header, found)
		}
	}
}
