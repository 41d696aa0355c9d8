package scenario

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// Topic is a part of the facts that is told as a whole, when the first condition
// asks about it: a fact, or a member of one for which somebody has to look further.
type Topic string

// The topics.
const (
	AboutCustomer       Topic = "customer"
	AboutFeatures       Topic = "customer.features"
	AboutPeople         Topic = "customer.people"
	AboutVerification   Topic = "verification"
	AboutPapers         Topic = "verification.documents"
	AboutDocument       Topic = "document"
	AboutConsent        Topic = "consent"
	AboutWallet         Topic = "wallet"
	AboutBeneficiary    Topic = "beneficiary"
	AboutPaymentConsent Topic = "paymentConsent"
	AboutOrder          Topic = "order"
	AboutRequest        Topic = "request"
	AboutClock          Topic = "clock"
)

// Teller completes facts with those of one topic. It leaves the others as they are.
type Teller func(f *Facts, about Topic)

// Told tells facts that are all known already.
func Told(known Facts) Teller {
	return func(f *Facts, _ Topic) { *f = known }
}

// inquiry collects facts while conditions ask about them: most rules are passed
// over after the name of the customer, and nobody looks up papers for those.
type inquiry struct {
	tell  Teller
	facts Facts
	told  []Topic
}

// about gives the facts, in which those of some topics are known.
func (q *inquiry) about(topics ...Topic) *Facts {
	for _, topic := range topics {
		if !slices.Contains(q.told, topic) {
			q.told = append(q.told, topic)
			q.tell(&q.facts, topic)
		}
	}
	return &q.facts
}

// topicOf is the topic of a member such as customer.name or customer.features.pep.
func topicOf(node ast.Node) Topic {
	member, ok := node.(*ast.MemberNode)
	if !ok {
		return ""
	}
	switch topic := Topic(member.String()); topic {
	case AboutFeatures, AboutPeople, AboutPapers:
		return topic
	}
	if _, deeper := member.Node.(*ast.MemberNode); deeper {
		return topicOf(member.Node)
	}
	return Topic(member.Node.String())
}
