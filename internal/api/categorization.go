package api

import (
	"finhub-sandbox/internal/domain/onboarding"
	"finhub-sandbox/internal/domain/refusal"
	"finhub-sandbox/internal/rest"
	"finhub-sandbox/internal/sandbox/world"
)

type hierarchyView struct {
	TenantID        string                  `json:"tenantId"`
	TenantName      string                  `json:"tenantName"`
	ComplianceLevel string                  `json:"complianceLevel"`
	Categories      map[string]categoryView `json:"categories"`
	Features        map[string]featureView  `json:"features"`
}

type categoryView struct {
	DatabaseID        string          `json:"databaseId"`
	CategoryID        string          `json:"categoryId"`
	CategoryName      string          `json:"categoryName"`
	Description       string          `json:"description"`
	RiskLevel         onboarding.Risk `json:"riskLevel"`
	Approver          string          `json:"approver"`
	Limits            categoryLimits  `json:"limits"`
	AvailableFeatures []featureView   `json:"availableFeatures"`
}

type categoryLimits struct {
	Currency       string `json:"currency"`
	PerTransaction string `json:"perTransaction"`
	Daily          string `json:"daily"`
	Monthly        string `json:"monthly"`
}

type featureView struct {
	DatabaseID     string              `json:"databaseId"`
	FeatureCode    string              `json:"featureCode"`
	FeatureName    string              `json:"featureName"`
	Description    string              `json:"description"`
	MandatoryKeys  []string            `json:"mandatoryKeys"`
	AllowedValues  map[string][]string `json:"allowedValues"`
	MultiValueKeys []string            `json:"multiValueKeys"`
}

// getCategorizationHierarchy lists the categories and features of the tenant,
// for both kinds of customers. The tenant of the path must be the caller's: 403
// TENANT_ACCESS_DENIED (customer-apis/individual/categorization).
func getCategorizationHierarchy(c *rest.Call, act *world.Act) (rest.Reply, error) {
	if err := ownTenant(c, "tenantId"); err != nil {
		return rest.Reply{}, err
	}
	return hierarchy(c, act)
}

func hierarchy(c *rest.Call, act *world.Act) (rest.Reply, error) {
	view := hierarchyView{
		TenantID: c.Tenant, TenantName: c.Tenant, ComplianceLevel: "ENHANCED",
		Categories: map[string]categoryView{}, Features: map[string]featureView{},
	}
	for _, f := range onboarding.Features() {
		view.Features[f.Code] = featureView{f.DatabaseID, f.Code, f.Name, f.Description, f.Mandatory, f.Allowed, f.Multiple}
	}
	for _, category := range onboarding.Categories() {
		limits, err := world.CategoryLimits(act, category.Code)
		if err != nil {
			return rest.Reply{}, err
		}
		v := categoryView{
			DatabaseID: category.DatabaseID, CategoryID: category.Code, CategoryName: category.Name,
			Description: category.Description, RiskLevel: category.Risk, Approver: category.Approver(),
			Limits: categoryLimits{limits.PerTransaction.Currency, limits.PerTransaction.Decimal(), limits.Daily.Decimal(), limits.Monthly.Decimal()},
		}
		for _, code := range category.Features {
			v.AvailableFeatures = append(v.AvailableFeatures, view.Features[code])
		}
		view.Categories[category.Code] = v
	}
	return rest.Reply{Message: "Hierarchy retrieved successfully", Data: &view}, nil
}

// ownTenant refuses a path that names another tenant than the caller's.
func ownTenant(c *rest.Call, parameter string) error {
	if tenant := c.Path(parameter); tenant != c.Tenant {
		return refusal.New(refusal.TenantAccessDenied, "the path names tenant %s, the request is of tenant %s", tenant, c.Tenant).
			At("path." + parameter)
	}
	return nil
}
