package access

// Answering is who answers for a process.
type Answering struct {
	Process                  string
	Responsible, Accountable string
	Consulted, Informed      []string
}

// RaciMatrix is the documented one. It describes, and decides nothing.
func RaciMatrix() []Answering {
	return []Answering{
		{"CUSTOMER_ONBOARDING", RoleCompliance, RoleAdmin, []string{"SUPPORT_AGENT"}, []string{"CUSTOMER"}},
		{"VERIFICATION_APPROVAL", RoleCompliance, RoleAdmin, []string{}, []string{"CUSTOMER", "SUPPORT_AGENT"}},
		{"TRANSFER_APPROVAL", "APPROVER", RoleAdmin, []string{RoleCompliance}, []string{"CUSTOMER"}},
	}
}
