package endpoint

import (
	"encoding/base64"

	"rsc.io/qr"
)

// qrBase64 returns a QR code as PNG in base64.
func qrBase64(text string) string {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "" // the text is too long for a QR code
	}
	return base64.StdEncoding.EncodeToString(code.PNG())
}
