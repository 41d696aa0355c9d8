package onboarding_test

import (
	"strings"
	"testing"

	"finhub-sandbox/internal/domain/onboarding"
)

const (
	pdf  = "%PDF-1.4\n%minimal"
	png  = "\x89PNG\r\n\x1a\nrest"
	jpeg = "\xff\xd8\xff\xe0rest"
)

func TestCheckDocument(t *testing.T) {
	tests := []struct {
		name, documentType, mimeType, content string
		format                                string
		faults                                []string
	}{
		{"a passport may be a PDF", "PASSPORT", "application/pdf", pdf, "application/pdf", nil},
		{"a passport may be a picture", "PASSPORT", "image/png", png, "image/png", nil},
		{"the format is found if it is not named", "PASSPORT", "", jpeg, "image/jpeg", nil},
		{"a proof of address is no PNG", "PROOF_OF_ADDRESS", "image/png", png, "image/png", []string{"mimeType: a PROOF_OF_ADDRESS must be application/pdf or image/jpeg"}},
		{"the content must be of its type", "PASSPORT", "application/pdf", png, "application/pdf", []string{"fileContent: is not of the type application/pdf"}},
		{"text is no document", "PASSPORT", "", "hello", "", []string{"fileContent: is not of the type application/pdf or image/jpeg or image/png"}},
		{"an empty file is none", "PASSPORT", "application/pdf", "", "application/pdf", []string{"fileContent: must not be empty"}},
		{"five megabytes are the most for a passport", "PASSPORT", "application/pdf", pdf + strings.Repeat("x", 5<<20), "application/pdf", []string{"fileContent: has 5242897 bytes; a PASSPORT has at most 5242880"}},
		{"ten are the most for the source of funds", "SOURCE_OF_FUNDS", "application/pdf", pdf + strings.Repeat("x", 6<<20), "application/pdf", nil},
		{"all faults are told", "SOURCE_OF_FUNDS", "image/png", "hello", "image/png", []string{"mimeType: a SOURCE_OF_FUNDS must be application/pdf", "fileContent: is not of the type image/png"}},
		{"a type without a rule may be of any format", "SELFIE", "", png, "image/png", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			format, faults := onboarding.CheckDocument(tt.documentType, tt.mimeType, []byte(tt.content))
			if format != tt.format {
				t.Errorf("format is %q, want %q", format, tt.format)
			}
			if len(faults) != len(tt.faults) {
				t.Fatalf("faults are %v, want %v", faults, tt.faults)
			}
			for i, f := range faults {
				if got := f.Field + ": " + f.Message; !strings.HasPrefix(got, tt.faults[i]) {
					t.Errorf("fault is %q, want %q", got, tt.faults[i])
				}
			}
		})
	}
}

func TestIndividualRequirements(t *testing.T) {
	for name, tt := range map[string]struct {
		verificationType string
		risk             onboarding.Risk
		want             string
	}{
		"low risk":               {"IDENTITY_VERIFICATION", onboarding.LowRisk, "GOVERNMENT_ID"},
		"medium risk":            {"IDENTITY_VERIFICATION", onboarding.MediumRisk, "GOVERNMENT_ID PROOF_OF_ADDRESS SOURCE_OF_FUNDS"},
		"high risk":              {"IDENTITY_VERIFICATION", onboarding.HighRisk, "GOVERNMENT_ID PROOF_OF_ADDRESS SOURCE_OF_FUNDS BENEFICIAL_OWNERSHIP PEP_DECLARATION"},
		"documents":              {"DOCUMENT_VERIFICATION", onboarding.LowRisk, "GOVERNMENT_ID PROOF_OF_ADDRESS"},
		"enhanced diligence":     {"ENHANCED_DUE_DILIGENCE", onboarding.LowRisk, "GOVERNMENT_ID SOURCE_OF_FUNDS BENEFICIAL_OWNERSHIP PEP_DECLARATION"},
		"sanctions need all":     {"SANCTIONS_CHECK", onboarding.LowRisk, "GOVERNMENT_ID PROOF_OF_ADDRESS SOURCE_OF_FUNDS BENEFICIAL_OWNERSHIP PEP_DECLARATION"},
		"nothing is asked twice": {"DOCUMENT_VERIFICATION", onboarding.MediumRisk, "GOVERNMENT_ID PROOF_OF_ADDRESS SOURCE_OF_FUNDS"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range onboarding.IndividualRequirements(tt.verificationType, tt.risk) {
				got = append(got, r.Type)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestAnyIdentityPaperWillDo(t *testing.T) {
	need := onboarding.IndividualRequirements("IDENTITY_VERIFICATION", onboarding.LowRisk)[0]
	for _, paper := range []string{"PASSPORT", "NATIONAL_ID", "GOVERNMENT_ID", "ID_CARD", "DRIVERS_LICENSE"} {
		if !need.SatisfiedBy([]string{"BANK_STATEMENT", paper}) {
			t.Errorf("%s does not count as an identity paper", paper)
		}
	}
	if need.SatisfiedBy([]string{"BANK_STATEMENT"}) || need.SatisfiedBy(nil) {
		t.Error("something else counts as an identity paper")
	}
}
