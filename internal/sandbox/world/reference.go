package world

// Reference is how a parameter names an aggregate of a kind.
type Reference struct {
	Parameters []string
	Kind       string
	// find finds it by the parameter's value; nil is by its id.
	Find func(act *Act, value string) any
}
