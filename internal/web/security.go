package web

import "net/http"

// csp is the Content-Security-Policy of all pages: nothing from another host, no inline script or
// style.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Protect adds the security headers to all answers, and refuses requests of other origins that
// would change something. It does not check the Host header: that is the task of localhttp.Guard.
func Protect(next http.Handler) http.Handler {
	checked := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		// With no-referrer, browsers would post the forms of these very pages with "Origin: null",
		// which localhttp.Guard refuses. Other hosts get no referrer either way.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		checked.ServeHTTP(w, r)
	})
}
