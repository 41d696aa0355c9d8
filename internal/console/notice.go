package console

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"finhub-sandbox/internal/client"
)

// notice is what a button has to say, shown once to who pushed it.
type notice struct {
	Title string
	Lines []string
	Links [][2]string
	// Events are what happened while the clock was moved.
	Events        []client.Event
	Curl, Command string
	Refused       *refused
	// Text is what was sent, so that it can be mended.
	Text   string
	tenant string
}

// maxNotices is how many notices wait to be shown.
const maxNotices = 32

// notices are those that have not been shown yet.
type notices struct {
	mu   sync.Mutex
	last int64
	list [maxNotices]*notice
}

// add keeps a notice, and gives the number by which it is taken.
func (n *notices) add(one *notice) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last++
	n.list[n.last%maxNotices] = one
	return strconv.FormatInt(n.last, 10)
}

// take gives a notice, once.
func (n *notices) take(tenant, number string) *notice {
	at, err := strconv.ParseInt(number, 10, 64)
	n.mu.Lock()
	defer n.mu.Unlock()
	if err != nil || at <= n.last-maxNotices || at > n.last || at < 1 {
		return nil
	}
	one := n.list[at%maxNotices]
	if one == nil || one.tenant != tenant {
		return nil
	}
	n.list[at%maxNotices] = nil
	return one
}

// tell says what a call has done.
func (n *notice) tell(action string, v *visit, reply *answer) {
	if action == "replay-request" {
		n.compare(v, reply)
		return
	}
	var said struct {
		Now       string                    `json:"now"`
		Events    []client.Event            `json:"events"`
		Omitted   int                       `json:"omitted"`
		Customers []client.CustomerOverview `json:"customers"`
		Balance   string                    `json:"balanceFormatted"`
		Removed   *int                      `json:"removed"`
		Entities  *int                      `json:"entities"`
		Tenant    string                    `json:"tenant"`
	}
	if reply.decode(&said) != nil {
		return // What was done is in the title.
	}
	switch action {
	case "advance-clock", "freeze-clock", "run-clock":
		n.Lines = append(n.Lines, "It shows "+when(said.Now).Text+".")
		n.Events = said.Events
		if said.Omitted > 0 {
			n.Lines = append(n.Lines, fmt.Sprintf("%d more events happened before those that are listed.", said.Omitted))
		}
	case "make-customers":
		n.Title = fmt.Sprintf("%d customers were made", len(said.Customers))
		if len(said.Customers) == 1 {
			n.Title = said.Customers[0].Name + " was made"
		}
		for _, c := range said.Customers[:min(len(said.Customers), mostMade)] {
			n.Links = append(n.Links, [2]string{pathOf(v.tenant, "customers", c.CustomerID), c.Name + ", " + words(c.State)})
			if c.TemporaryPassword != "" {
				n.Lines = append(n.Lines, fmt.Sprintf("%s logs in as %s with the password %s, which is told once.", c.Name, c.Username, c.TemporaryPassword))
			}
		}
	case "fund-wallet":
		n.Lines = append(n.Lines, "There are "+said.Balance+" on it now.")
	case "reset-tenant":
		if said.Removed != nil {
			n.Lines = append(n.Lines, fmt.Sprintf("%d records were removed.", *said.Removed))
		}
	case "fork-snapshot":
		n.Links = append(n.Links, [2]string{tenantPath(said.Tenant), "Go to " + said.Tenant})
	case "take-snapshot", "restore-snapshot", "import-state":
		if said.Entities != nil {
			n.Lines = append(n.Lines, fmt.Sprintf("It has %d entities.", *said.Entities))
		}
	}
}

// compare says what came of a request that was sent again.
func (n *notice) compare(v *visit, reply *answer) {
	var said client.ReplayedRequest
	if reply.decode(&said) != nil {
		return
	}
	n.Title = "It was sent again, and something else came"
	if said.Same {
		n.Title = "It was sent again, and the same came"
	}
	for _, one := range []struct {
		when  string
		entry *client.JournalEntry
	}{{"Then", &said.Then}, {"Now", &said.Now}} {
		n.Links = append(n.Links, [2]string{
			pathOf(v.tenant, "requests", fmt.Sprint(one.entry.Number)),
			strings.TrimSpace(fmt.Sprintf("%s, request %d: %d %s", one.when, one.entry.Number, one.entry.Status, one.entry.Refusal)),
		})
	}
}

// mostMade is how many of the customers who were made are listed.
const mostMade = 20
