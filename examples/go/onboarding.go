// Package onboarding brings customers of FinHub from their registration to a transfer
// that is paid.
package onboarding

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Client calls FinHub with a token of the tenant's staff, as a back office does.
type Client struct {
	// BaseURL ends in /api/v2.1.
	BaseURL, Tenant, Token string
	HTTP                   *http.Client
}

// Refused is FinHub's no.
type Refused struct {
	Status  int
	Message string
	Details string
	// Suggestions are the calls that would help.
	Suggestions []string
}

func (r *Refused) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Message, r.Details) }

// Customer is a person or a company.
type Customer struct {
	ID, WalletID string
	// path is where its calls are.
	path    string
	company bool
}

// Person is somebody whom a call is about.
type Person struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Phone     string `json:"phone,omitempty"`
}

// Company is what is asked of one at its registration.
type Company struct{ Name, RegistrationNumber, Email string }

// Verification is a review, which takes days.
type Verification struct {
	ID string `json:"verificationId"`
	// Status is PENDING, IN_PROGRESS, APPROVED, REJECTED or EXPIRED.
	Status string `json:"status"`
	// Reason is that of a rejection.
	Reason string `json:"reason"`
	// MissingDocuments are the types without which the review does not begin.
	MissingDocuments []string `json:"missingDocuments"`
}

// object is a body: FinHub takes several forms of most, so that there is no one type
// to write down.
type object = map[string]any

// RegisterPerson makes a person a customer.
func (c *Client) RegisterPerson(ctx context.Context, p Person, password string) (Customer, error) {
	return c.register(ctx, "individual", object{
		"firstName": p.FirstName, "lastName": p.LastName, "email": p.Email, "phone": p.Phone,
		"password": password, "matchingPassword": password,
	})
}

// RegisterCompany makes a company a customer.
func (c *Client) RegisterCompany(ctx context.Context, o Company, password string) (Customer, error) {
	return c.register(ctx, "organization", object{
		"email": o.Email, "password": password, "matchingPassword": password,
		"organizationCustomer": object{"customerName": o.Name, "organization": object{
			"legalName": o.Name, "registrationNumber": o.RegistrationNumber, "taxId": "LT" + o.RegistrationNumber,
			"legalForm": "LIMITED_LIABILITY_COMPANY", "incorporationDate": "2019-04-02",
		}},
	})
}

func (c *Client) register(ctx context.Context, kind string, body object) (Customer, error) {
	var made struct {
		ID     string
		Wallet struct{ WalletID string }
	}
	err := c.post(ctx, "/customer/"+kind+"/registration", body, &made)
	return Customer{made.ID, made.Wallet.WalletID, "/customer/" + kind + "/" + made.ID, kind == "organization"}, err
}

// VerifyPerson begins a review. Its outcome comes as a webhook, or is asked for with
// Verification.
func (c *Client) VerifyPerson(ctx context.Context, p Customer, passport string) (v Verification, err error) {
	err = c.post(ctx, p.path+"/verification", object{
		"verificationType": "IDENTITY",
		"verificationData": object{"documentType": "PASSPORT", "documentNumber": passport, "issuingCountry": "LT"},
	}, &v)
	return v, err
}

// AddPersonnel names the people of a company. The director owns it: the shares that
// are told must come to a hundred percent.
func (c *Client) AddPersonnel(ctx context.Context, o Customer, administrator, director Person) error {
	for _, add := range []struct {
		to   string
		body any
	}{
		// The first employee must be an administrator.
		{"employee", object{"person": administrator, "position": "COMPLIANCE_OFFICER", "roles": []string{"ADMIN_USER"}}},
		{"director", object{"person": director, "role": "MANAGING_DIRECTOR"}},
		{"shareholders", []object{{"person": director, "sharePercentage": 100, "isPrimary": true}}},
	} {
		if err := c.post(ctx, o.path+"/"+add.to, add.body, nil); err != nil {
			return err
		}
	}
	return nil
}

// VerifyCompany begins a review with a document for each type that FinHub asks for:
// document gives the PDF of a type.
func (c *Client) VerifyCompany(ctx context.Context, o Customer, document func(kind string) []byte) (v Verification, err error) {
	err = c.post(ctx, o.path+"/verify", object{"customerId": o.ID, "type": "BUSINESS_VERIFICATION", "requestedLevel": "TENANT_VERIFIED"}, &v)
	if err != nil {
		return v, err
	}
	for _, kind := range v.MissingDocuments {
		if err := c.post(ctx, "/verifications/"+v.ID+"/documents", object{
			"documentType": kind, "fileName": strings.ToLower(kind) + ".pdf", "mimeType": "application/pdf",
			"fileContent": base64.StdEncoding.EncodeToString(document(kind)),
		}, nil); err != nil {
			return v, err
		}
	}
	return c.Verification(ctx, v.ID)
}

// Verification tells what has become of a review.
func (c *Client) Verification(ctx context.Context, id string) (v Verification, err error) {
	err = c.call(ctx, http.MethodGet, "/verifications/"+id, nil, &v)
	return v, err
}

// Activate accepts the consents that are asked for, and opens the customer's wallet.
func (c *Client) Activate(ctx context.Context, customer Customer) error {
	for _, consent := range []string{"terms", "privacy", "data-processing"} {
		if err := c.post(ctx, customer.path+"/consents/"+consent, object{"accepted": true, "version": "1.0"}, nil); err != nil {
			return err
		}
	}
	body := object{"code": "123456"}
	if customer.company {
		body = object{"activationReason": "All checks passed"}
	}
	return c.post(ctx, customer.path+"/activation", body, nil)
}

func (c *Client) post(ctx context.Context, path string, body, data any) error {
	return c.call(ctx, http.MethodPost, path, body, data)
}

// call sends a body, if there is one, and reads the data of the reply.
func (c *Client) call(ctx context.Context, method, path string, body, data any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.BaseURL+path, &sent)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Authorization": "Bearer " + c.Token, "X-Tenant-ID": c.Tenant,
		// Whom the call is made for: FinHub refuses calls that do not say.
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-From": "onboarding", "platform": "server", "deviceId": "back-office",
		// Companies are activated by an administrator.
		"X-User-ID": "back-office", "X-User-Roles": "ADMIN_USER",
	} {
		request.Header.Set(name, value)
	}
	reply, err := c.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = reply.Body.Close() }()
	var envelope struct {
		Message string
		Data    json.RawMessage
	}
	if err := json.NewDecoder(reply.Body).Decode(&envelope); err != nil {
		return fmt.Errorf("%s %s: %s: %w", method, path, reply.Status, err)
	}
	if reply.StatusCode >= http.StatusBadRequest {
		refused := &Refused{Status: reply.StatusCode, Message: envelope.Message}
		_ = json.Unmarshal(envelope.Data, refused) // Not every refusal has details.
		return refused
	}
	if data == nil {
		return nil
	}
	return json.Unmarshal(envelope.Data, data)
}

// cents is an amount as FinHub writes it.
func cents(n int) object { return object{"value": strconv.Itoa(n), "scale": 2, "currency": "EUR"} }
