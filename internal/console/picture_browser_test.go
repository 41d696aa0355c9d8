package console_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestPicturesInABrowser makes the pictures of the README: who is there, who was
// rejected and why, and what comes next. PICTURES says where they go.
func TestPicturesInABrowser(t *testing.T) {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		t.Skip("PICTURES is to name a directory")
	}
	s := openSandbox(t)
	rejected := s.tellStory()
	b := openBrowser(t, s.address)
	for _, p := range []struct {
		name, path, scheme string
		// from is what stands at the upper left.
		from string
	}{
		{"overview", "", "light", "body"}, {"customer", "customers/" + rejected, "light", "#next"}, {"clock", "clock", "dark", "body"},
	} {
		const width, shown = 1440, 1200
		looks{p.scheme, width}.set(b)
		b.do(chromedp.Navigate(s.address+"/_sandbox/ui/tenants/shop/"+p.path), chromedp.WaitReady(chromedp.CSS("#live")))
		corner := reads[[]float64](b, `(({x, y}) => [Math.max(0, x - 24), Math.max(0, y - 24)])(document.querySelector("`+p.from+`").getBoundingClientRect())`)
		wide := width - corner[0]
		shot, err := chromedp.Call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Clip: &page.Viewport{X: corner[0], Y: corner[1], Width: wide, Height: wide * 3 / 4, Scale: shown / wide}, CaptureBeyondViewport: new(true),
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, p.name+".png"), reduce(t, shot.Data), 0o644); err != nil {
			t.Fatal(err)
		}
		b.clean(p.name)
	}
}

// tellStory fills the tenant shop, and gives a customer who was rejected.
func (s *sandbox) tellStory() (rejected string) {
	s.t.Helper()
	in := func(path, body string) string { return s.callIn("shop", http.MethodPost, path, body) }
	in("/_sandbox/clock/freeze", `{"at": "2026-03-02T09:00:00Z"}`)
	for _, body := range []string{
		`{"count": 6}`, `{"kind": "organization", "count": 2}`, `{"state": "PENDING_VERIFICATION", "count": 2}`, `{"state": "PENDING_ACTIVATION"}`, `{"state": "SUSPENDED"}`, `{"state": "CLOSED"}`,
		`{"state": "REJECTED", "firstName": "Anna", "lastName": "Petrauskaite", "email": "anna@example.com"}`, `{"state": "IN_PROGRESS", "count": 2}`, `{"state": "IN_PROGRESS", "scenario": "kyc-rejected"}`,
	} {
		in("/_sandbox/customers", body)
	}
	var list struct {
		Customers []struct{ CustomerID, WalletID string }
	}
	if err := json.Unmarshal([]byte(s.callIn("shop", http.MethodGet, "/_sandbox/customers?text=Petrauskaite", "")), &list); err != nil || len(list.Customers) != 1 {
		s.t.Fatal(list, err)
	}
	rejected = list.Customers[0].CustomerID
	s.callIn("shop", http.MethodGet, "/api/v2.1/wallets/customer/"+rejected, "")
	in("/api/v2.1/customer/individual/"+rejected+"/activation", `{"userId": "anna@example.com", "code": "ACTIVATION_CODE_1"}`)
	in("/api/v2.1/customer/individual/registration", `{"firstName": "Jonas", "email": "jonas"}`)
	return rejected
}

// reduce writes a picture with the 256 colours that it has most of: pages have few.
func reduce(t *testing.T, shot []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	bounds, count, alike := full.Bounds(), map[color.Color]int{}, map[color.Color]color.Color{}
	kind := func(c color.Color) color.Color {
		r, g, b, _ := c.RGBA()
		return color.RGBA{uint8(r >> 11), uint8(g >> 11), uint8(b >> 11), 0} //nolint:gosec // what is shifted out is left out
	}
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			c := full.At(x, y)
			count[c]++
			if k := kind(c); alike[k] == nil || count[c] > count[alike[k]] {
				alike[k] = c
			}
		}
	}
	// Of colours that nobody can tell apart the most frequent stands for all.
	var palette color.Palette
	for _, c := range alike {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int { return count[b] - count[a] })
	few := image.NewPaletted(bounds, palette[:min(len(palette), 256)])
	nearest := map[color.Color]uint8{}
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			c := full.At(x, y)
			if _, known := nearest[c]; !known {
				nearest[c] = uint8(few.Palette.Index(c)) //nolint:gosec // there are 256 at most
			}
			few.SetColorIndex(x, y, nearest[c])
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
