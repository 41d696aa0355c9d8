package onboarding_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
)

func amlValues(change map[string]string) []onboarding.Choice {
	values := map[string]string{
		"riskLevel": "LOW", "riskScore": "10", "pep": "false", "sanctionsCheck": "STANDARD", "monitoring": "WEEKLY", "edd": "false",
	}
	for key, value := range change {
		values[key] = value
	}
	return []onboarding.Choice{{Feature: "ENHANCED_AML_MONITORING", Values: values}}
}

func TestCheckCategory(t *testing.T) {
	tests := []struct {
		name, category string
		choices        []onboarding.Choice
		code           string
		details        string
		missing        []string
		invalid        map[string]string
	}{
		{name: "by code", category: "STANDARD_INDIVIDUAL", code: "STANDARD_INDIVIDUAL"},
		{name: "by database id", category: "fs-cat-b2c-low-001", code: "INDIVIDUAL_STANDARD"},
		{name: "by name", category: "Individual Standard", code: "INDIVIDUAL_STANDARD"},
		{name: "with allowed values", category: "STANDARD_INDIVIDUAL", choices: amlValues(nil), code: "STANDARD_INDIVIDUAL"},
		{name: "several values where several may be", category: "STANDARD_INDIVIDUAL", choices: amlValues(map[string]string{"pepCategory": "RCA,HIO"}), code: "STANDARD_INDIVIDUAL"},
		{
			name: "unknown", category: "PLATINUM", details: "Category 'PLATINUM' does not exist",
			invalid: map[string]string{"customerCategory": "PLATINUM is no category of the tenant"},
		},
		{
			name: "of a company", category: "LOW_RISK_BUSINESS", details: "Category 'LOW_RISK_BUSINESS' cannot be used for a customer of type INDIVIDUAL",
			invalid: map[string]string{"customerCategory": "LOW_RISK_BUSINESS is for a customer of type ORGANIZATION"},
		},
		{
			name: "documented case", category: "STANDARD_INDIVIDUAL", choices: amlValues(map[string]string{"riskLevel": "", "monitoring": "HOURLY"}),
			details: "Feature 'ENHANCED_AML_MONITORING' requires mandatory key 'riskLevel'", missing: []string{"riskLevel"},
			invalid: map[string]string{"monitoring": "HOURLY is not in allowed values: [WEEKLY, DAILY, REAL_TIME]"},
		},
		{
			name: "unknown key and a score beyond the range", category: "STANDARD_INDIVIDUAL", choices: amlValues(map[string]string{"riskScore": "101", "colour": "blue"}),
			details: "Feature 'ENHANCED_AML_MONITORING' has no key 'colour'",
			invalid: map[string]string{
				"colour":    "colour is not in the feature's keys: [edd, monitoring, pep, pepCategory, riskLevel, riskScore, sanctionsCheck, transactionMonitoring]",
				"riskScore": "101 is not in allowed values: [0-100]",
			},
		},
		{
			name: "a score that is no number", category: "STANDARD_INDIVIDUAL", choices: amlValues(map[string]string{"riskScore": "1e1"}),
			details: "Feature 'ENHANCED_AML_MONITORING' does not allow the value '1e1' of key 'riskScore'",
			invalid: map[string]string{"riskScore": "1e1 is not in allowed values: [0-100]"},
		},
		{
			name: "unknown feature", category: "STANDARD_INDIVIDUAL", choices: []onboarding.Choice{{Feature: "GOLD"}},
			details: "Feature 'GOLD' does not exist", invalid: map[string]string{"GOLD": "GOLD is no feature of the tenant"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			category, err := onboarding.CheckCategory(tt.category, onboarding.Individual, tt.choices)
			if category.Code != tt.code {
				t.Fatalf("category is %q (%v), want %q", category.Code, err, tt.code)
			}
			if tt.code != "" {
				return
			}
			var e *refusal.Error
			if !errors.As(err, &e) || e.Code != refusal.CategorizationInvalid || e.Details != tt.details {
				t.Fatalf("refused with %v, want details %q", err, tt.details)
			}
			if got := e.Data["missingKeys"].([]string); !slices.Equal(got, tt.missing) {
				t.Errorf("missing keys are %v, want %v", got, tt.missing)
			}
			if got := e.Data["invalidValues"].(map[string]string); !reflect.DeepEqual(got, tt.invalid) {
				t.Errorf("invalid values are %v, want %v", got, tt.invalid)
			}
		})
	}
}
