package simulator_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestTheSamplesOfTheManual runs what docs/en/simulator.md says can be typed.
func TestTheSamplesOfTheManual(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../docs/en/simulator.md")
	require.NoError(t, err)
	sim := start(t)
	still := simulator.Start(t, func(c *simulator.Config) { c.VirtualClock = true }) // as with --begins
	commands := regexp.MustCompile(`(?m)^curl (-X DELETE )?"?\$SIM(/[^" \n]*)"?(?: -d '(.*)')?$`).FindAllStringSubmatch(string(manual), -1)
	assert.GreaterOrEqual(t, len(commands), 18)
	for _, c := range commands {
		method := http.MethodGet
		if c[1] != "" {
			method = http.MethodDelete
		} else if c[3] != "" {
			method = http.MethodPost
		}
		url := sim.URL()
		if c[2] == "/sim/clock" {
			url = still.URL()
		}
		a := do(t, method, url+c[2], c[3])
		assert.Equal(t, http.StatusOK, a.status, "%s: %s", c[0], a.body)
	}
	_, rest, ok := strings.Cut(string(manual), "```yaml\n")
	require.True(t, ok)
	source, _, _ := strings.Cut(rest, "```")
	_, err = simulator.LoadWorld(strings.NewReader(source))
	require.NoError(t, err)
	_, err = simulator.LoadWorld(strings.NewReader(strings.Replace(source, "owner: wxid_ming ", "owner: wxid_hua ", 1)))
	require.Error(t, err)
	quoted := strings.Contains(string(manual), strings.TrimPrefix(err.Error(), "simulator: world: "))
	assert.True(t, quoted, "the manual quotes the error as it is: %v", err)
}
