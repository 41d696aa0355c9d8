package app_test

import (
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// auditedCompany is what the books have of an organization beside what they have
// of every customer.
type auditedCompany struct {
	number string
	// risky reports whether the registration alone makes it a high risk.
	risky bool
	// admin are the roles of the default administrator.
	admin  []string
	people map[string]*auditedPosition
	logins map[string]auditedLogin
	// kinds are the types of its verifications, and members those of its people.
	kinds     map[string]string
	members   []string
	documents []string
}

// auditedPosition is what somebody is to an organization.
type auditedPosition struct {
	id, kind, user, email, verification string
	roles                               []string
	exposed                             bool
	// share is exact, and nil for everybody but shareholders.
	share *big.Rat
}

// auditedLogin is how a user of an organization logs in.
type auditedLogin struct{ name, password string }

// auditedRead is an operation that shows something of a customer.
type auditedRead struct{ operation, parameter, id string }

// own notes that things belong to a customer.
func (t *auditedTenant) own(customer string, ids ...string) {
	for _, id := range ids {
		if id != "" {
			t.owners[id] = customer
		}
	}
}

// textsIn lists all texts of a JSON value.
func textsIn(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, member := range v {
			list = append(list, textsIn(member)...)
		}
		return list
	case map[string]any:
		var list []string
		for _, name := range sortedKeys(v) {
			list = append(list, textsIn(v[name])...)
		}
		return list
	}
	return nil
}

// fits reports whether a path is meant for customers of this kind.
func (c *auditedCustomer) fits(path string) bool {
	if c.company != nil {
		return !strings.Contains(path, "/individual/")
	}
	return !strings.Contains(path, "{organizationId}")
}

// roles are those in which a user acts for the organization now.
func (o *auditedCompany) roles(user string) []string {
	var roles []string
	if login := o.logins[user]; login.name != "" && slices.Contains(o.admin, user) {
		roles = append(roles, o.admin...)
	}
	for _, id := range sortedKeys(o.people) {
		if p := o.people[id]; p.user == user {
			roles = append(roles, p.roles...)
		}
	}
	return roles
}

// highRisk reports whether the books know a reason why only a power tenant may
// decide. The sandbox may know more.
func (o *auditedCompany) highRisk() bool {
	return o.risky || slices.ContainsFunc(sortedKeys(o.people), func(id string) bool { return o.people[id].exposed })
}

// owned is what all shareholders hold together, in percent.
func (o *auditedCompany) owned() *big.Rat {
	sum := new(big.Rat)
	for _, p := range o.people {
		if p.share != nil {
			sum.Add(sum, p.share)
		}
	}
	return sum
}

// admins counts the employees who hold ADMIN_USER.
func (o *auditedCompany) admins() int {
	n := 0
	for _, p := range o.people {
		if p.kind == "employee" && slices.Contains(p.roles, "ADMIN_USER") {
			n++
		}
	}
	return n
}

func (c *auditedCustomer) reads() []auditedRead {
	list := []auditedRead{{"getOrganizationDocument", "documentId", last(c.company.documents)}}
	for _, operation := range []string{
		"getOrganization", "listDirectors", "listEmployees", "listShareholders", "listOrganizationDocuments", "getPersonnelStatus",
		"getVerificationRequirements", "checkOrganizationActivation", "getWalletStatus",
	} {
		list = append(list, auditedRead{operation, "organizationId", c.id})
	}
	return list
}

// observeOrganization takes the replies of operations that only organizations
// have, and reports whether this was one.
func (a *auditor) observeOrganization(t *auditedTenant, h httpCall, r httpReply) (bool, error) {
	data := valueAt(r.value, "data")
	c := t.customers[h.path["organizationId"]]
	switch h.operation.ID {
	case "registerOrganization":
		return true, a.organized(t, h, data)
	case "verifyOrganization", "submitOrganizationVerification":
		return true, a.verified(t, h, data)
	case "acceptOrganizationConsent":
		return true, a.consented(t, h, data)
	case "activateOrganization":
		return true, a.activated(t, data)
	case "addDirector", "addDirectors":
		return true, a.joined(t, c, "director", h.body, data, textAt(data, "directorId"))
	case "addEmployee", "addEmployees":
		return true, a.joined(t, c, "employee", h.body, data, textAt(data, "employeeId"))
	case "addShareholders":
		return true, a.shared(t, c, h.body, data)
	case "updateShareholder":
		return true, a.shareChanged(t, h, data)
	case "updateEmployeeRoles":
		c.company.people[textAt(data, "employeeId")].roles = textsIn(valueAt(data, "roles"))
		return true, c.company.governed()
	case "removeDirector", "removeEmployee", "removeShareholder":
		return true, c.company.left(h.path["directorId"] + h.path["employeeId"] + h.path["shareholderId"])
	case "uploadOrganizationDocument":
		c.company.documents = append(c.company.documents, textAt(data, "documentId"))
		t.own(c.id, textAt(data, "documentId"))
		return true, nil
	case "deleteOrganizationDocument":
		id := h.path["documentId"]
		c.company.documents = slices.DeleteFunc(c.company.documents, func(other string) bool { return other == id })
		return true, nil
	case "listShareholders":
		return true, c.company.totals(data)
	case "getOrganization":
		return true, a.see(t, "customer", c.id, textAt(data, "customerStatus"))
	}
	return false, nil
}

// organized takes a new organization to the books.
func (a *auditor) organized(t *auditedTenant, h httpCall, data any) error {
	c := &auditedCustomer{id: textAt(data, "id")}
	number := textAt(data, "organizationDetails.registrationNumber")
	for _, other := range t.customers {
		if other.id == c.id || other.company != nil && number != "" && other.company.number == number {
			return fmt.Errorf("%s registered the organization %s (%s) a second time", t.name, number, c.id)
		}
	}
	if err := a.registered(t, map[string]any{
		"id": c.id, "user": map[string]any{"id": textAt(data, "user.id")}, "person": map[string]any{"email": textAt(data, "email")},
		"categorization": valueAt(data, "categorization"), "wallet": valueAt(data, "wallet"), "customerStatus": textAt(data, "customerStatus"),
	}); err != nil {
		return err
	}
	c = t.customers[c.id]
	c.company = &auditedCompany{
		number: number, risky: strings.HasPrefix(c.category, "HIGH_RISK") || riskyIn(h.body),
		admin:  append(textsIn(valueAt(data, "user.roles")), c.user),
		people: map[string]*auditedPosition{}, logins: map[string]auditedLogin{}, kinds: map[string]string{},
	}
	secret := textAt(data, "temporaryPassword")
	if secret == "" {
		secret = textAt(h.body, "password")
	}
	c.company.logins[c.user] = auditedLogin{textAt(data, "user.username"), secret}
	return nil
}

// riskyIn reports whether a registration names a sector or a country of high risk.
func riskyIn(body any) bool {
	for _, text := range textsIn(body) {
		if slices.Contains(riskySectors, text) || slices.Contains(riskyCountries, text) {
			return true
		}
	}
	return false
}

// The sectors and countries of high risk that the simulation uses.
var (
	riskySectors   = []string{"CRYPTO_EXCHANGE", "Online-Gambling"}
	riskyCountries = []string{"Myanmar", "KP"}
)

// joined takes a director, an employee or a shareholder to the books.
func (a *auditor) joined(t *auditedTenant, c *auditedCustomer, kind string, body, data any, id string) error {
	if id == "" || c.company.people[id] != nil {
		return fmt.Errorf("%s %q joins %s a second time", kind, id, c.id)
	}
	p := &auditedPosition{
		id: id, kind: kind, user: textAt(data, "individual.userId"), email: textAt(data, "individual.email"),
		verification: textAt(data, "verification.verificationId"), roles: textsIn(valueAt(data, "organization.roles")),
		exposed: kind != "employee" && textAt(body, "type") != "CORPORATE" && (valueAt(body, "isPEP") == true || valueAt(body, "isPep") == true),
	}
	c.company.people[id] = p
	t.own(c.id, id, textAt(data, "individual.customerId"))
	if user := p.user; user != "" {
		t.own(c.id, user)
		if secret := textAt(data, "individual.temporaryPassword"); secret != "" {
			c.company.logins[user] = auditedLogin{textAt(data, "individual.username"), secret}
		}
	}
	c.company.follow(t, c.id, p.verification)
	return c.company.governed()
}

// follow remembers a verification of one of the people.
func (o *auditedCompany) follow(t *auditedTenant, customer, verification string) {
	if verification != "" && !slices.Contains(o.members, verification) {
		o.members = append(o.members, verification)
		t.own(customer, verification)
	}
}

// governed checks that whoever has employees has one who holds ADMIN_USER.
func (o *auditedCompany) governed() error {
	for _, p := range o.people {
		if p.kind == "employee" && o.admins() == 0 {
			return fmt.Errorf("no employee holds ADMIN_USER")
		}
	}
	return nil
}

// left takes somebody out of the books, named by the position, the user or not.
func (o *auditedCompany) left(id string) error {
	if o.people[id] == nil {
		return fmt.Errorf("%s left, and the books do not have it", id)
	}
	delete(o.people, id)
	return o.governed()
}

// shared takes new shareholders to the books: never more than the whole.
func (a *auditor) shared(t *auditedTenant, c *auditedCustomer, body, data any) error {
	sent, isList := body.([]any)
	if !isList {
		sent = []any{body}
	}
	added := listAt(data, "shareholders")
	if len(added) != len(sent) {
		return fmt.Errorf("%d shareholders were sent, %d were added", len(sent), len(added))
	}
	for i, entry := range added {
		id := textAt(entry, "organization.shareholderId")
		if err := a.joined(t, c, "shareholder", sent[i], entry, id); err != nil {
			return err
		}
		share := shareIn(valueAt(entry, "organization.ownershipPercentage"))
		if asked := askedShare(sent[i]); share == nil || asked == nil || share.Cmp(asked) != 0 {
			return fmt.Errorf("shareholder %s holds %v, sent was %v", id, share, asked)
		}
		c.company.people[id].share = share
	}
	for _, owner := range listAt(data, "beneficialOwners") {
		c.company.follow(t, c.id, textAt(owner, "verificationId"))
	}
	return c.company.totals(data)
}

// totals checks that a shown sum of shares is the sum, and not over the whole.
func (o *auditedCompany) totals(data any) error {
	owned, whole := o.owned(), big.NewRat(100, 1)
	if owned.Cmp(whole) > 0 {
		return fmt.Errorf("the shareholders own %s percent", owned.FloatString(4))
	}
	total, rest := shareIn(valueAt(data, "totalOwnership")), shareIn(valueAt(data, "availableOwnership"))
	if total == nil || rest == nil || total.Cmp(owned) != 0 || rest.Cmp(whole.Sub(whole, owned)) != 0 {
		return fmt.Errorf("%v percent are shown as owned and %v as free, the books say %s are owned", total, rest, owned.FloatString(4))
	}
	return nil
}

// shareIn reads a percentage exactly.
func shareIn(value any) *big.Rat {
	text, _ := value.(string)
	if n, ok := number(value); ok {
		text = strconv.FormatFloat(n, 'f', -1, 64)
	}
	share, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return share
}

// askedShare is the percentage that a shareholder's body asks for.
func askedShare(body any) *big.Rat {
	for _, name := range []string{"ownershipPercentage", "sharePercentage", "ownershipShare"} {
		if value := valueAt(body, name); value != nil {
			return shareIn(value)
		}
	}
	return nil
}

// shareChanged takes another share of a shareholder to the books.
func (a *auditor) shareChanged(t *auditedTenant, h httpCall, data any) error {
	c := t.customers[textAt(data, "organizationId")]
	p := c.company.people[textAt(data, "shareholderId")]
	p.share = shareIn(valueAt(data, "sharePercentage"))
	if exposed, ok := valueAt(h.body, "isPep").(bool); ok {
		p.exposed = exposed
	}
	for _, other := range c.company.people {
		if other.user == p.user && p.user != "" {
			other.email = textAt(data, "email")
		}
	}
	if owned := c.company.owned(); owned.Cmp(big.NewRat(100, 1)) > 0 {
		return fmt.Errorf("the shareholders own %s percent", owned.FloatString(4))
	}
	return nil
}

// memberVerified takes the verification of one of an organization's people to
// the books.
func (a *auditor) memberVerified(t *auditedTenant, h httpCall, data any) error {
	id := textAt(data, "id")
	c := t.customers[t.owners[id]]
	for _, position := range sortedKeys(c.company.people) {
		p := c.company.people[position]
		if p.verification == id && p.exposed && h.operation.ID == "approveVerification" && h.token != powerToken {
			return fmt.Errorf("verification %s of %s, who is exposed, was decided by %s", id, position, h.token)
		}
	}
	if err := waits(data); err != nil {
		return err
	}
	return a.see(t, "verification", id, textAt(data, "status"))
}

// emailKnown reports whether a request names an e-mail that is taken: by a
// customer, or by one of an organization's people.
func (t *auditedTenant) emailKnown(h httpCall) bool {
	known := func(email string) bool {
		for _, c := range t.customers {
			if strings.EqualFold(c.email, email) {
				return true
			}
			if c.company == nil {
				continue
			}
			for _, login := range c.company.logins {
				if strings.EqualFold(login.name, email) {
					return true
				}
			}
			for _, p := range c.company.people {
				if strings.EqualFold(p.email, email) {
					return true
				}
			}
		}
		return false
	}
	if email := emailOf(h.body); email != "" && known(email) {
		return true
	}
	var seen []string
	for _, text := range textsIn(h.body) {
		if strings.Contains(text, "@") && (known(text) || h.operation.ID == "addShareholders" && slices.Contains(seen, text)) {
			return true
		}
		seen = append(seen, text)
	}
	return false
}

// organizationRefused reports whether a reason of a refusal is true by the books.
func (a *auditor) organizationRefused(t *auditedTenant, h httpCall, code string, o *auditedOrder) bool {
	c := t.customers[h.path["organizationId"]]
	switch code {
	case "INITIATOR_CANNOT_APPROVE":
		return slices.Contains(t.initiators(h, o), t.actor(h).user)
	case "APPROVAL_DUPLICATE":
		return slices.Contains(t.approvers(h, o), t.actor(h).user)
	case "OWNERSHIP_EXCEEDED":
		return t.wouldExceed(h)
	case "ADMIN_USER_MISSING", "LAST_ADMIN_USER":
		return c != nil && c.company.admins() <= 1
	case "DUPLICATE_ORGANIZATION":
		texts := textsIn(h.body)
		return slices.ContainsFunc(sortedKeys(t.customers), func(id string) bool {
			company := t.customers[id].company
			return company != nil && slices.Contains(texts, company.number)
		})
	}
	return false
}

// wouldExceed reports whether shares that a request asks for come to more than the
// whole: of the organization, or of a company among its owners.
func (t *auditedTenant) wouldExceed(h httpCall) bool {
	whole := big.NewRat(100, 1)
	c := t.customers[h.path["organizationId"]]
	sum := new(big.Rat)
	if c == nil {
		c = t.customers[textAt(h.body, "organizationId")]
	}
	if c != nil {
		sum = c.company.owned()
		if p := c.company.people[h.path["shareholderId"]]; p != nil && p.share != nil {
			sum.Sub(sum, p.share)
		}
	}
	list, isList := h.body.([]any)
	if !isList {
		list = []any{h.body}
	}
	return overfull(sum, list, whole)
}

func overfull(sum *big.Rat, owners []any, whole *big.Rat) bool {
	for _, owner := range owners {
		if share := askedShare(owner); share != nil {
			sum.Add(sum, share)
		}
		if overfull(new(big.Rat), listAt(owner, "owners"), whole) {
			return true
		}
	}
	return sum.Cmp(whole) > 0
}

// confirmedOwnership reads what an organization's shareholders hold, for the
// audit of the whole.
func (a *auditor) confirmedOwnership(t *auditedTenant, c *auditedCustomer) error {
	reply, err := a.client.do(httpCall{
		operation: a.client.operation("listShareholders"), tenant: t.name, token: adminToken, path: map[string]string{"organizationId": c.id},
	})
	if err == nil && reply.status != http.StatusOK {
		err = fmt.Errorf("the shareholders of %s cannot be read: %s", c.id, reply)
	}
	if err == nil {
		err = c.company.totals(valueAt(reply.value, "data"))
	}
	return err
}
