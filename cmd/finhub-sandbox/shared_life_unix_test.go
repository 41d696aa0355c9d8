//go:build unix

package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"finhub-sandbox/internal/app"
)

// contested is a customer, with what is known of it so far.
type contested struct {
	name string

	mu                       sync.Mutex
	id, wallet, verification string
	asset, consent, code     string
	// preparing says that a client does what only one has to do. A client that has not
	// been told how that ended gives the customer up.
	preparing, given   bool
	documented, canPay bool
	active             bool
	orders             []string
	deeds              int
}

// act has a client do something that comes next for a customer, or that somebody else may
// have done already, at either process.
func (s *sharedLives) act(client int, random *rand.Rand) {
	c := s.customer(random)
	at := random.IntN(len(s.nodes))
	c.mu.Lock()
	c.deeds++
	can := []string{"register"}
	mine := ""
	switch {
	case c.id == "":
	case !c.documented && !c.preparing:
		c.preparing, mine = true, "hand in"
	case !c.documented:
		can = []string{"register", "look"}
	case !c.active:
		can = []string{"register", "approve", "activate", "activate", "look"}
	case !c.canPay && !c.preparing:
		c.preparing, mine = true, "allow payments"
	case !c.canPay:
		can = []string{"approve", "activate", "fund", "look"}
	default:
		can = []string{"fund", "prepare", "prepare", "look", "look", "activate"}
	}
	d := deed{kind: can[random.IntN(len(can))]}
	if n := len(c.orders); n > 0 && mine == "" && random.IntN(2) == 0 {
		d = deed{kind: "execute", order: random.IntN(n)}
	}
	c.mu.Unlock()
	if mine != "" {
		s.prepare(at, c, mine)
		return
	}
	s.do(client, at, c, d)
}

// customer is one of the few with whom clients are busy at a time.
func (s *sharedLives) customer(random *rand.Rand) *contested {
	s.mu.Lock()
	defer s.mu.Unlock()
	const atOnce, deeds = 4, 60
	var busy []*contested
	for _, c := range s.customers[max(0, len(s.customers)-3*atOnce):] {
		c.mu.Lock()
		if c.deeds < deeds && !c.given {
			busy = append(busy, c)
		}
		c.mu.Unlock()
	}
	if len(busy) < atOnce {
		c := &contested{name: fmt.Sprintf("c%d@example.com", len(s.customers))}
		s.customers = append(s.customers, c)
		return c
	}
	return busy[random.IntN(len(busy))]
}

// do sends what a deed is, and notes what came of it.
func (s *sharedLives) do(client, at int, c *contested, d deed) told {
	d.customer = c.name
	method, path, body := c.request(d)
	call := app.Now().Sub(s.began)
	status, text := s.call(at, method, path, body)
	returned := app.Now().Sub(s.began)
	var reply sharedReply
	var data sharedData
	broken := json.Unmarshal([]byte(text), &reply)
	_ = json.Unmarshal(reply.Data, &data) // A list is no refusal.
	details := data.Details + reply.Error.Details
	was := told{refusal: data.Refusal + reply.Error.Code}
	switch {
	case status == http.StatusServiceUnavailable && strings.HasPrefix(details, "nothing was changed"):
		return was
	case status == 0 || status == http.StatusServiceUnavailable && strings.HasPrefix(details, "whether this happened is not known"):
		if d.kind == "look" {
			return was
		}
		was, returned = told{unknown: true}, time.Hour
	case status/100 == 2 && broken == nil:
		was.done = true
		c.learn(d, reply.Data, &was)
	case status/100 != 4:
		s.Errorf("%s of %s is answered with %d %s", d.kind, c.name, status, text)
		return was
	case d.kind == "register" && was.refusal == "DUPLICATE_EMAIL":
		c.mu.Lock()
		c.given = c.given || c.id == "" // Whoever has registered it was not told its id.
		c.mu.Unlock()
	case d.kind == "activate" && was.refusal == "CUSTOMER_ALREADY_ACTIVE":
		c.learn(d, reply.Data, &was)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = append(s.history, porcupine.Operation{ClientId: client, Input: d, Call: int64(call), Output: was, Return: int64(returned)})
	return was
}

// request is the call that a deed is.
func (c *contested) request(d deed) (method, path, body string) {
	const api = "/api/v2.1"
	c.mu.Lock()
	defer c.mu.Unlock()
	switch d.kind {
	case "register":
		return http.MethodPost, api + "/customer/individual/registration", strings.Replace(registration, "EMAIL", c.name, 1)
	case "approve":
		return http.MethodPost, api + "/verifications/" + c.verification + "/approve", `{"verificationId":"` + c.verification + `","status":"APPROVED"}`
	case "activate":
		return http.MethodPost, api + "/customer/individual/" + c.id + "/activation", `{"code":"ACTIVATION_CODE_20260105090000"}`
	case "fund":
		return http.MethodPost, "/_sandbox/wallets/" + c.wallet + "/fund", `{"amount":"25.00"}`
	case "prepare":
		return http.MethodPost, api + "/fintrans/" + c.wallet + "/types/transfer/prepare", fmt.Sprintf(
			`{"sourceAccount":{"walletId":%q},"target":{"iban":%q,"name":"Jonas Petraitis"},"amount":{"value":"1000","scale":2,"currency":"EUR"},"beneficiaryId":%q,"consent":{"consentReference":%q}}`,
			c.wallet, payeeIBAN, c.asset, c.consent)
	case "execute":
		return http.MethodPost, api + "/fintrans/" + c.wallet + "/types/transfer/execute", fmt.Sprintf(
			`{"preparedOrderId":%q,"authenticationCode":%q,"consentConfirmation":{"consentId":%q,"confirmed":true}}`, c.orders[d.order], c.code, c.consent)
	default:
		return http.MethodGet, api + "/wallets/customer/" + c.id, ""
	}
}

const payeeIBAN = "LT263500098765432109"

// sharedReply is what every reply has, of the product or of the control API.
type sharedReply struct {
	Data  json.RawMessage `json:"data"`
	Error struct {
		Code    string `json:"code"`
		Details string `json:"details"`
	} `json:"error"`
}

// sharedData is what is looked at in the data of replies that are no lists.
type sharedData struct {
	ID      string `json:"id"`
	Refusal string `json:"refusal"`
	Details string `json:"details"`
	Order   string `json:"preparedOrderId"`
	Asset   string `json:"assetId"`
	Consent string `json:"consentId"`
	Link    string `json:"magicLinkToken"`
	Wallet  struct {
		ID string `json:"walletId"`
	} `json:"wallet"`
}

// shownWallets are those of a customer, the one that pays first.
type shownWallets []struct {
	Status    string `json:"status"`
	Balance   string `json:"balance"`
	Available string `json:"availableBalance"`
}

// learn keeps what a reply tells of a customer for the deeds that come after.
func (c *contested) learn(d deed, data json.RawMessage, was *told) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var of sharedData
	if d.kind != "look" {
		_ = json.Unmarshal(data, &of)
	}
	switch d.kind {
	case "register":
		c.id, c.wallet = of.ID, of.Wallet.ID
	case "activate":
		c.active = true
	case "prepare":
		c.orders = append(c.orders, of.Order)
	case "look":
		var wallets shownWallets
		if err := json.Unmarshal(data, &wallets); err == nil && len(wallets) > 0 {
			was.active = wallets[0].Status == "ACTIVE"
			was.total = minorUnits(wallets[0].Balance)
			was.reserved = was.total - minorUnits(wallets[0].Available)
		}
	}
}

// minorUnits reads an amount with two places.
func minorUnits(amount string) int64 {
	n, _ := strconv.ParseInt(strings.Replace(amount, ".", "", 1), 10, 64)
	return n
}

// prepare does what comes before the deeds that are looked at, and gives the customer up
// if it cannot.
func (s *sharedLives) prepare(at int, c *contested, what string) {
	ask := func(path, body string) (data sharedData, ok bool) {
		status, text := s.call(at, http.MethodPost, "/api/v2.1"+path, body)
		var reply sharedReply
		if err := json.Unmarshal([]byte(text), &reply); err != nil || status/100 != 2 {
			return data, false
		}
		return data, json.Unmarshal(reply.Data, &data) == nil
	}
	var done bool
	if what == "hand in" {
		v, ok := ask("/verifications", `{"customerId":"`+c.id+`","type":"IDENTITY_VERIFICATION","requestedLevel":"TENANT_VERIFIED"}`)
		_, handed := ask("/verifications/"+v.ID+"/documents", `{"documentType":"PASSPORT","fileName":"passport.pdf","mimeType":"application/pdf","fileContent":"JVBERi0xLjQKJSVFT0YK"}`)
		done = ok && handed
		for _, consent := range []string{"terms", "privacy", "data-processing"} {
			_, ok := ask("/customer/individual/"+c.id+"/consents/"+consent, `{"accepted":true}`)
			done = done && ok
		}
		c.mu.Lock()
		c.verification, c.documented = v.ID, done
	} else {
		payee, ok := ask("/fintrans/"+c.wallet+"/beneficiaries",
			`{"partyType":"INDIVIDUAL_CUSTOMER","firstName":"Jonas","lastName":"Petraitis","iban":"`+payeeIBAN+`","currency":"EUR","country":"LT","networkName":"SEPA"}`)
		consent, allowed := ask("/fintrans/"+c.wallet+"/payment-consents/types/transfer",
			`{"paymentType":"TRANSFER","title":"Rent","parameters":{"validity":{"startDate":"2026-01-01","endDate":"2099-12-31"},"limits":{}}}`)
		done = ok && allowed
		c.mu.Lock()
		c.asset, c.consent, c.code, c.canPay = payee.Asset, consent.Consent, answerOf(consent.Link), done
	}
	c.preparing, c.given = false, !done
	c.mu.Unlock()
}

// answerOf is the code that a magic link holds.
func answerOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	var claims struct {
		Answer string `json:"answer"`
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return ""
	}
	return claims.Answer
}
