package console

import (
	"bytes"
	"net"
	"net/http"
	"strings"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"finhub-sandbox/internal/rest"
)

// DocsPath is where the viewer of the documents stands. Everybody may see it: what it
// calls asks for its tokens.
const DocsPath = "/_sandbox/docs"

// docsPage is what the viewer is told: its scripts take the rest from the browser.
type docsPage struct {
	// Tokens are those that can be chosen.
	Tokens [][2]string
	// Port is that of the product, if it has another than the page; else empty.
	Port string
}

// fixedTokens are those that need no session, and what they are for.
var fixedTokens = [][2]string{
	{"sandbox-admin", "administrator"}, {"sandbox-compliance", "compliance officer"}, {"sandbox-power-tenant", "power tenant"},
}

// Docs makes the page of the viewer, in the console's frame. It is the same for
// everybody, and its scripts put the tenant into it that the console has open.
func (s *Console) Docs() (*rest.Asset, error) {
	p := &docsPage{}
	if !s.World.Config.NoFixedTokens {
		p.Tokens = fixedTokens
	}
	allowed := policy
	if _, port, err := net.SplitHostPort(s.ProductAddr); err == nil {
		p.Port = port
		allowed = strings.Replace(policy, "connect-src 'self'", "connect-src 'self' http://*:"+port, 1)
	}
	var text bytes.Buffer
	err := s.templates()["docs"].ExecuteTemplate(&text, "frame", &frame{
		Title: "API documents", Section: "docs", Tenant: rest.DefaultTenant, Sections: sections, Data: p,
	})
	return rest.NewAsset("text/html; charset=utf-8", text.Bytes()).Restrict(allowed), err
}

// DocsFiles serves what the page of the viewer loads, out of the binary.
func DocsFiles() http.Handler {
	viewer := v5emb.NewHandlerWithConfig(swgui.Config{BasePath: DocsPath})
	files := http.NewServeMux()
	files.Handle(DocsPath+"/", viewer)
	files.Handle(DocsPath+"/docs.css", asset("docs.css", "text/css; charset=utf-8"))
	files.Handle(DocsPath+"/docs.js", asset("docs.js", "text/javascript; charset=utf-8"))
	return files
}
