package gateway_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
)

// TestAnUploadOutlivesTheProcess: what was accepted with a file is sent with it after a restart.
func TestAnUploadOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{}, func(c *bottest.Config) { c.Durable = true })
	a := f.post("/v1/messages", `{"to":"A","hold":true,"file":{"name":"report.txt","base64":"aGVsbG8="}}`, "Idempotency-Key", "report")
	require.Equal(t, http.StatusAccepted, a.Status, a.Text)
	f.Restart()
	a = f.post("/v1/messages/report/release?wait=30", "")
	require.Equal(t, "sent", a.JSON["state"], a.Text)
	f.Group("A").ExpectFile("report.txt")
}
