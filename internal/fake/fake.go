// Package fake owns everything that the sandbox makes up: ids, account numbers,
// codes, people and companies.
//
// Whatever it gives is a function of three things alone: the tenant's seed, the
// kind of the thing and its number. It must not keep state, ask the clock or
// use a shared source of randomness, and it does not know what has been given
// before: uniqueness comes from the numbers.
package fake

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strconv"
	"strings"

	"finhub-sandbox/internal/domain/bank"
)

const (
	// accounts is how many account numbers a Lithuanian bank code has room for,
	// companies how many registration numbers begin with the same digit.
	accounts  = 100_000_000_000
	companies = 100_000_000
	// stride spreads neighbouring numbers over such a range. It shares no factor
	// with a power of ten, so that no two of them meet.
	stride = 61_803_398_877
)

// ID gives the id of the nth thing of a kind, as a UUID in the form of version 4.
func ID(seed, kind string, n int64) string {
	sum := digest(seed, kind, n)
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	var id [36]byte
	hex.Encode(id[0:8], sum[0:4])
	hex.Encode(id[9:13], sum[4:6])
	hex.Encode(id[14:18], sum[6:8])
	hex.Encode(id[19:23], sum[8:10])
	hex.Encode(id[24:36], sum[10:16])
	id[8], id[13], id[18], id[23] = '-', '-', '-', '-'
	return string(id[:])
}

// Twin gives the id of what there is exactly one of beside the thing of an id, such as
// the person that a customer is, and of the twin's id the first one: what is asked for
// by either is found without an index. Of what is no UUID it gives nothing.
func Twin(id string) string {
	const digits = "0123456789abcdef"
	if len(id) != 36 {
		return ""
	}
	var twin [36]byte
	copy(twin[:], id)
	for i, letter := range twin {
		switch i {
		case 8, 13, 18, 23: // dashes
		case 14, 19: // what makes it one of version 4
		default:
			digit := strings.IndexByte(digits, letter)
			if digit < 0 {
				return ""
			}
			twin[i] = digits[digit^(i*7+5)%16]
		}
	}
	return string(twin[:])
}

// Digits gives a code of count digits, such as the six of an authentication
// code, leading zeros included. Codes of different numbers may be equal.
func Digits(seed, kind string, n int64, count int) string {
	code := make([]byte, 0, max(0, count))
	for sum := digest(seed, kind, n); len(code) < count; sum = sha256.Sum256(sum[:]) {
		for _, b := range sum[:] {
			// 250 is the last multiple of ten in a byte: past it the low digits
			// would come more often than the high ones.
			if b < 250 && len(code) < count {
				code = append(code, '0'+b%10)
			}
		}
	}
	return string(code)
}

// Fraction gives the nth number of a kind, evenly from 0 up to, but without, 1.
func Fraction(seed, kind string, n int64) float64 {
	sum := digest(seed, kind, n)
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// IBAN gives the Lithuanian account number of the nth wallet. It passes the
// checksum, and differs for any two numbers from 0 to 10^11 - 1. All accounts of
// one tenant are at one of the two banks that FinHub's samples show.
func IBAN(seed string, n int64) string {
	sum := digest(seed, "iban", 0)
	code := "33200"
	if sum[0]&1 == 1 {
		code = "35000"
	}
	account := scatter(n, binary.BigEndian.Uint64(sum[8:]), accounts)
	return bank.NewIBAN("LT", code+padded(account, 11))
}

// digest hashes the three things on which everything here rests. The lengths go
// in first, so that no two triples give the same input.
func digest(seed, kind string, n int64) [sha256.Size]byte {
	var room [128]byte
	input := binary.AppendUvarint(room[:0], uint64(len(seed)))
	input = append(input, seed...)
	input = binary.AppendUvarint(input, uint64(len(kind)))
	input = append(input, kind...)
	input = binary.BigEndian.AppendUint64(input, uint64(n))
	return sha256.Sum256(input)
}

// scatter moves n to another place of the range 0 to size - 1, which must be a
// power of ten. It is a permutation of the range; numbers outside of it wrap.
func scatter(n int64, offset, size uint64) uint64 {
	place := uint64(n) % size
	if n < 0 {
		place = (size - uint64(-n)%size) % size
	}
	high, low := bits.Mul64(place, stride)
	return (bits.Rem64(high, low, size) + offset%size) % size
}

func padded(n uint64, width int) string {
	digits := strconv.FormatUint(n, 10)
	for len(digits) < width {
		digits = "0" + digits
	}
	return digits
}
