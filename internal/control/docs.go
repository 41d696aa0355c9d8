package control

import (
	"net/http"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

// DocsPath is where the viewer stands.
const DocsPath = "/_sandbox/docs"

// Docs makes the viewer of both documents. Its page and all that the page needs
// come out of the binary.
func Docs() http.Handler {
	return v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "finhub-sandbox", SwaggerJSON: "/_sandbox/openapi.json", BasePath: DocsPath, ShowTopBar: true,
		SettingsUI: map[string]string{
			"urls": `[{url: "/_sandbox/openapi.json", name: "Product"}, {url: "/_sandbox/control.json", name: "Control"}]`,
		},
	})
}
