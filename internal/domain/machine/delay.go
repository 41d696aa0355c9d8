package machine

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// MaxDelay is farther than anything in the sandbox lies ahead, and near enough
// that no instant overflows.
const MaxDelay = 100 * 365 * 24 * time.Hour

var (
	delayForm = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?(?:d|h|m|s|ms))+$`)
	delayPart = regexp.MustCompile(`([0-9.]+)([a-z]+)`)
)

// ParseDelay reads a delay as people write it: 36h, 1d12h, 90s, 0. A day has 24
// hours.
func ParseDelay(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	if !delayForm.MatchString(text) {
		return 0, fmt.Errorf("%q is no length of time such as 36h or 1d12h", text)
	}
	units := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second, "ms": time.Millisecond}
	var sum float64
	for _, part := range delayPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseFloat(part[1], 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no length of time: %w", text, err)
		}
		sum += n * float64(units[part[2]])
	}
	if sum > float64(MaxDelay) {
		return 0, fmt.Errorf("%q is longer than a hundred years", text)
	}
	return time.Duration(sum), nil
}

// DelayText writes a delay as ParseDelay reads it: 1d12h.
func DelayText(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	text := ""
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if n := d / unit.of; n > 0 {
			text += strconv.FormatInt(int64(n), 10) + unit.name
			d -= n * unit.of
		}
	}
	return text
}
