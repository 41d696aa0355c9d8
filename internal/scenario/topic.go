package scenario

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

// Topic is a part of the facts that is told as a whole, when the first condition
// asks about it: a fact, or a member of one for which somebody has to look further.
// Each is a bit, so that a thousand rules ask next to nothing.
type Topic uint16

// The topics.
const (
	AboutCustomer Topic = 1 << iota
	AboutFeatures
	AboutPeople
	AboutVerification
	AboutPapers
	AboutDocument
	AboutConsent
	AboutWallet
	AboutBeneficiary
	AboutPaymentConsent
	AboutOrder
	AboutRequest
	AboutEvent
	AboutDelivery
	AboutClock
)

// The members that are topics of their own.
const (
	featuresName = "customer.features"
	peopleName   = "customer.people"
	papersName   = "verification.documents"
)

// topics are by the names of the facts and members.
func topics() map[string]Topic {
	return map[string]Topic{
		"customer": AboutCustomer, featuresName: AboutFeatures, peopleName: AboutPeople, "verification": AboutVerification, papersName: AboutPapers,
		"document": AboutDocument, "consent": AboutConsent, "wallet": AboutWallet, "beneficiary": AboutBeneficiary,
		"paymentConsent": AboutPaymentConsent, "order": AboutOrder, "request": AboutRequest, "event": AboutEvent, "delivery": AboutDelivery, "clock": AboutClock,
	}
}

// topicNamed finds the topic of a fact, or of a member that is one of its own.
func topicNamed(name string) (Topic, bool) {
	topic, known := topics()[name]
	return topic, known
}

// fact is the name of the fact of which a topic is a part.
func (t Topic) fact() string {
	for name, topic := range topics() {
		if topic == t {
			fact, _, _ := strings.Cut(name, ".")
			return fact
		}
	}
	return ""
}

// topicOf is the topic of a member such as customer.name or customer.features.pep.
func topicOf(node ast.Node) Topic {
	member, ok := node.(*ast.MemberNode)
	if !ok {
		return 0
	}
	if topic, known := topicNamed(member.String()); known {
		return topic
	}
	if _, deeper := member.Node.(*ast.MemberNode); deeper {
		return topicOf(member.Node)
	}
	topic, _ := topicNamed(member.Node.String())
	return topic
}

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
	told  Topic
}

// about gives the facts, in which those of some topics are known.
func (q *inquiry) about(topics Topic) *Facts {
	if topics&^q.told != 0 {
		q.learn(topics &^ q.told)
	}
	return &q.facts
}

func (q *inquiry) learn(topics Topic) {
	q.told |= topics
	for topic := AboutCustomer; topic <= AboutClock; topic <<= 1 {
		if topics&topic != 0 {
			q.tell(&q.facts, topic)
		}
	}
}
