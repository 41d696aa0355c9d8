package coverage

import (
	"net/http"
	"testing"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/fault"
	"finhub-sandbox/internal/rest"
)

// TestHabits holds of which clients a habit is told: of those alone who send a change
// again whose reply was lost, and have not looked.
func TestHabits(t *testing.T) {
	prepare := &contract.Operation{ID: "prepareOperation", Path: "/fintrans/{accountId}/types/{operationType}/prepare"}
	balance := &contract.Operation{ID: "getAccountBalance", Path: "/fintrans/{accountId}/balance"}
	wallets := &contract.Operation{ID: "getCustomerWallets", Path: "/wallets/customer/{customerId}"}
	const account, other = "/fintrans/wallet-0001", "/fintrans/wallet-0002"
	sent := func(o *contract.Operation, path, body string, kind fault.Kind) *rest.Exchange {
		x := &rest.Exchange{Operation: o, Method: http.MethodPost, Path: path, ReceivedText: []byte(body), Status: http.StatusOK}
		if kind != "" {
			x.Fault = &rest.Fault{Kind: kind}
		}
		if kind == fault.Lost || kind == fault.Reset {
			x.Status = 0
		}
		return x
	}
	lostOne := func() *rest.Exchange { return sent(prepare, account+"/types/transfer/prepare", "{1}", fault.Lost) }
	again := func() *rest.Exchange { return sent(prepare, account+"/types/transfer/prepare", "{1}", "") }
	refused := again()
	refused.Status, refused.Refusal = http.StatusConflict, refusal.New(refusal.OrderAlreadyExecuted, "")
	gone := again()
	gone.Status = 0
	failedLook := sent(balance, account+"/balance", "", "")
	failedLook.Status = http.StatusNotFound
	ofCustomer := sent(wallets, "/wallets/customer/customer-1", "", "")
	ofCustomer.Named = "customer-1"
	mine, theirs := lostOne(), sent(balance, other+"/balance", "", "")
	mine.Caller, theirs.Caller = access.Caller{CustomerID: "anna"}, access.Caller{CustomerID: "anna"}
	mineAgain := again()
	mineAgain.Caller = mine.Caller
	for _, c := range []struct {
		name           string
		sent           []*rest.Exchange
		blindly, twice int
	}{
		{"nothing lost", []*rest.Exchange{again(), again()}, 0, 0},
		{"lost and sent again", []*rest.Exchange{lostOne(), again()}, 1, 1},
		{"lost and sent again twice", []*rest.Exchange{lostOne(), lostOne(), again()}, 2, 2},
		{"another in between", []*rest.Exchange{lostOne(), sent(prepare, account+"/types/transfer/prepare", "{2}", ""), again()}, 1, 1},
		{"something else", []*rest.Exchange{lostOne(), sent(prepare, account+"/types/transfer/prepare", "{2}", "")}, 0, 0},
		{"no work was done", []*rest.Exchange{sent(prepare, account+"/types/transfer/prepare", "{1}", fault.Reset), again()}, 1, 0},
		{"refused the second time", []*rest.Exchange{lostOne(), refused}, 1, 0},
		{"the client has left", []*rest.Exchange{gone, again()}, 1, 1},
		{"slow is not lost", []*rest.Exchange{sent(prepare, account+"/types/transfer/prepare", "{1}", fault.Drip), again()}, 0, 0},
		{"a look", []*rest.Exchange{lostOne(), sent(balance, account+"/balance", "", ""), again()}, 0, 0},
		{"a look at the customer's wallets", []*rest.Exchange{lostOne(), ofCustomer, again()}, 0, 0},
		{"a look at another wallet", []*rest.Exchange{lostOne(), sent(balance, other+"/balance", "", ""), again()}, 1, 1},
		{"another look of the same customer", []*rest.Exchange{mine, theirs, mineAgain}, 0, 0},
		{"a look that fails", []*rest.Exchange{lostOne(), failedLook, again()}, 1, 1},
		{"a look whose reply is lost", []*rest.Exchange{lostOne(), sent(balance, account+"/balance", "", fault.Lost), again()}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h habits
			for _, x := range c.sent {
				h.note(x, &operation{reads: x.Operation != prepare, prepares: x.Operation == prepare})
			}
			got := map[string]int{}
			for _, one := range h.list() {
				got[one.Name] = one.Count
			}
			if got[retriedBlindly] != c.blindly || got[preparedTwice] != c.twice {
				t.Errorf("got %v", got)
			}
		})
	}
	t.Run("told by a webhook", func(t *testing.T) {
		var h habits
		h.note(lostOne(), &operation{prepares: true})
		h.lookAtAll()
		h.note(again(), &operation{prepares: true})
		if list := h.list(); len(list) > 0 {
			t.Errorf("got %v", list)
		}
	})
	t.Run("bounded", func(t *testing.T) {
		var h habits
		for i := range 10 * maxLost {
			h.note(sent(prepare, account+"/types/transfer/prepare", string(rune('a'+i)), fault.Lost), &operation{})
		}
		if n := len(h.lost); n != maxLost || int(h.waiting.Load()) != n {
			t.Errorf("%d are remembered", n)
		}
	})
}
