package rest

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"finhub-sandbox/internal/contract"
	"finhub-sandbox/internal/domain/refusal"
)

// maxPlaces bounds the places of such numbers together: those of many numbers below
// long names are hundreds of times as long as the body.
const maxPlaces = 1 << 20

// oddNumbers gives the numbers of a JSON text that are not written in a few
// digits alone, and tells those that no number can hold. Of a text that is no
// JSON it gives what comes before the fault: the decoder tells that.
func oddNumbers(text []byte) (contract.Numbers, []refusal.Fault) {
	numbers := contract.Numbers{}
	var faults []refusal.Fault
	size := 0
	d := jsontext.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return numbers, faults
		}
		if token.Kind() != '0' || contract.IsPlain(token.String()) {
			continue
		}
		at := string(d.StackPointer())
		if size += len(at); size > maxPlaces {
			return nil, []refusal.Fault{{Field: "body", Message: "has too many numbers with exponents or many digits so deep in it"}}
		}
		numbers[at] = token.String()
		if _, err := strconv.ParseFloat(token.String(), 64); err != nil {
			faults = append(faults, faultAt(at, "is beyond what a number can be"))
		}
	}
}
