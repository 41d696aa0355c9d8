package api

import (
	"finhub-sandbox/internal/domain/machine"
	"finhub-sandbox/internal/domain/payments"
)

type returnedView struct {
	TransactionID string `json:"transactionId"`
	ReturnedAt    string `json:"returnedAt"`
	Reason        string `json:"reason"`
}

// viewReturned is nil unless the order's money came back.
func viewReturned(o *payments.Order) *returnedView {
	if o.Return == nil {
		return nil
	}
	return &returnedView{o.Return.TransactionID, machine.Instant(o.Return.At), o.Return.Reason}
}
