package api

import (
	"math"
	"time"

	"finhub-sandbox/internal/domain/access"
	"finhub-sandbox/internal/domain/money"
	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
	"finhub-sandbox/internal/sandbox/world"
)

type raciView struct {
	Matrix []raciRowView `json:"matrix"`
}

type raciRowView struct {
	Process     string   `json:"processName"`
	Responsible string   `json:"responsible"`
	Accountable string   `json:"accountable"`
	Consulted   []string `json:"consulted"`
	Informed    []string `json:"informed"`
}

// getRaciMatrix shows who answers for what (administration/roles).
func getRaciMatrix(c *rest.Call, _ *world.Act) (rest.Reply, error) {
	view := raciView{Matrix: []raciRowView{}}
	for _, a := range access.RaciMatrix() {
		if p := c.Query("process"); p == "" || p == a.Process {
			view.Matrix = append(view.Matrix, raciRowView(a))
		}
	}
	return rest.Reply{Extra: succeeded(), Data: &view}, nil
}

type customerSummaryView struct {
	CustomerID   string            `json:"customerId"`
	Period       summaryPeriod     `json:"period"`
	Summary      summaryTotals     `json:"summary"`
	Breakdown    accounts.Activity `json:"activityBreakdown"`
	LastActivity *string           `json:"lastActivityAt"`
}

type summaryPeriod struct {
	Start string `json:"startDate"`
	End   string `json:"endDate"`
	Days  int    `json:"days"`
}

type summaryTotals struct {
	Total      int        `json:"totalTransactions"`
	Successful int        `json:"successfulTransactions"`
	Failed     int        `json:"failedTransactions"`
	Volume     numberView `json:"totalVolume"`
	Average    float64    `json:"averageTransactionValue"`
}

// summaryDays is the period of a summary that names none.
const summaryDays = 30

// getCustomerSummary sums up what a customer has done (administration/audit).
func getCustomerSummary(c *rest.Call, act *world.Act) (rest.Reply, error) {
	days := c.QueryInt("days", summaryDays)
	s, err := accounts.SummarizeCustomer(act, c.Path("customerId"), days)
	if err != nil {
		return rest.Reply{}, err
	}
	total := s.Completed + s.Failed
	view := customerSummaryView{
		CustomerID: s.CustomerID, Period: summaryPeriod{s.From.Format(time.DateOnly), act.Now().UTC().Format(time.DateOnly), days},
		Summary: summaryTotals{
			Total: total, Successful: s.Completed, Failed: s.Failed,
			Volume: viewNumber(money.Amount{Minor: s.Volume, Currency: payments.Currency}),
		},
		Breakdown: s.Activity, LastActivity: orNull(instantOrNone(s.Last)),
	}
	if total > 0 {
		view.Summary.Average = math.Round(float64(s.Volume)/float64(total)) / 100
	}
	return rest.Reply{Extra: succeeded(), Data: &view}, nil
}
