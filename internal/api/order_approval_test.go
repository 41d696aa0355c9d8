package api

import (
	"encoding/json"
	"reflect"
	"testing"

	"finhub-sandbox/internal/domain/payments"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/accounts"
)

// TestWhereApprovalMayStand reads the members about approval from every object
// that may hold them, with the units that the object has.
func TestWhereApprovalMayStand(t *testing.T) {
	for _, test := range []struct {
		body      string
		approval  *payments.PaymentConsentApproval
		threshold *payments.AskedAmount
	}{
		{`{}`, nil, nil},
		{`{"requiresApproval": false}`, &payments.PaymentConsentApproval{}, nil},
		{`{"requiresApproval": true, "approvalThreshold": 100000, "approverRoles": ["ADMIN_USER"], "minimumApprovers": 2}`,
			&payments.PaymentConsentApproval{Required: true, Roles: []string{"ADMIN_USER"}, Approvers: 2},
			&payments.AskedAmount{OrNone: true, Field: "approvalThreshold", Value: 100000.0}},
		{`{"approval": {"requiresApproval": true, "approvalThreshold": {"amount": 100000, "currency": "EUR"}}}`,
			&payments.PaymentConsentApproval{Required: true},
			&payments.AskedAmount{OrNone: true, Field: "approval.approvalThreshold", Member: "amount", Value: 100000.0, Currency: "EUR"}},
		{`{"approvals": {"minimumApprovers": 3}}`, &payments.PaymentConsentApproval{Approvers: 3}, nil},
		{`{"parameters": {"requiresApproval": true, "approvalThreshold": 0}}`,
			&payments.PaymentConsentApproval{Required: true},
			&payments.AskedAmount{OrNone: true, Field: "parameters.approvalThreshold", Value: 0.0, Major: true}},
		{`{"requiresApproval": true, "parameters": {"approval": {"approvalThreshold": {"amount": 1000.5}}}}`,
			&payments.PaymentConsentApproval{Required: true},
			&payments.AskedAmount{OrNone: true, Field: "parameters.approval.approvalThreshold", Member: "amount", Value: 1000.5, Major: true}},
		{`{"metadata": {"parameters": {"approval": {"requiresApproval": true, "approvalThreshold": 1000}}}}`,
			&payments.PaymentConsentApproval{Required: true},
			&payments.AskedAmount{OrNone: true, Field: "metadata.parameters.approval.approvalThreshold", Value: 1000.0, Major: true}},
	} {
		var b rest.Body
		if err := json.Unmarshal([]byte(test.body), &b); err != nil {
			t.Fatal(err)
		}
		var in accounts.PaymentConsentRequest
		readApproval(b, &in)
		if !reflect.DeepEqual(in.Approval, test.approval) || !reflect.DeepEqual(in.ApprovalThreshold, test.threshold) {
			t.Errorf("%s: got %+v, %+v", test.body, in.Approval, in.ApprovalThreshold)
		}
	}
}
