package gateway

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"maps"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"github.com/hongyan-go/hongyan/callback"
)

// holder is the holder of a token. nil is any program on this machine.
type holder struct {
	Token
	name  string
	sum   [sha256.Size]byte
	limit *rate.Limiter
	used  atomic.Int64 // when its use was written down, in Unix nanoseconds

	valid  context.Context //nolint:containedctx // of its requests
	revoke context.CancelFunc
}

// newHolders are the holders of tokens; one that is known already stays the same.
func newHolders(tokens map[string]Token, known []*holder) []*holder {
	list := make([]*holder, 0, len(tokens))
	for _, name := range slices.Sorted(maps.Keys(tokens)) {
		t := tokens[name]
		if i := slices.IndexFunc(known, func(h *holder) bool { return h.name == name && reflect.DeepEqual(h.Token, t) }); i >= 0 {
			list = append(list, known[i])
			continue
		}
		who := &holder{Token: t, name: name, sum: sha256.Sum256([]byte(t.Secret))}
		who.valid, who.revoke = context.WithCancel(context.Background()) //nolint:fatcontext // one for each token
		perMinute := who.perMinute()
		who.limit = rate.NewLimiter(rate.Every(time.Minute/time.Duration(perMinute)), max(1, perMinute/6))
		list = append(list, who)
	}
	return list
}

func (who *holder) perMinute() int { return cmp.Or(who.Rate, defaultRate) }

type holderKey struct{}

// holderOf is who makes a request; nil is any program on this machine.
func holderOf(ctx context.Context) *holder {
	x, _ := ctx.Value(holderKey{}).(*holder)
	return x
}

// authenticate lets only requests with a token pass, as often as that may ask. A request that
// waits ends when its token is revoked.
func (g *Gateway) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := g.now.Load()
		ctx, valid := r.Context(), now.valid
		if len(now.tokens) > 0 {
			who := now.find(r.Header.Get("Authorization"))
			if who == nil {
				w.Header().Set("WWW-Authenticate", `Bearer realm="hongyan"`)
				problem(w, http.StatusUnauthorized, "token", "send the secret of a token as Authorization: Bearer")
				return
			}
			if !who.limit.Allow() {
				seconds := math.Ceil(1 / float64(who.limit.Limit()))
				w.Header().Set("Retry-After", strconv.Itoa(int(max(1, seconds))))
				problem(w, http.StatusTooManyRequests, "rate", "the token has made too many requests: wait, or raise its rate")
				return
			}
			g.noteUse(ctx, who)
			ctx, valid = context.WithValue(ctx, holderKey{}, who), who.valid
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(valid, cancel)() //nolint:contextcheck // the end of the token
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// find is the holder of a token. All tokens are compared, each in constant time.
func (s *settings) find(header string) *holder {
	scheme, secret, _ := strings.Cut(header, " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	var found *holder
	for _, t := range s.tokens {
		if subtle.ConstantTimeCompare(sum[:], t.sum[:]) == 1 {
			found = t
		}
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	return found
}

// right is the middleware of an operation that needs a right, or one of several.
func (g *Gateway) right(api huma.API, right string, others ...string) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		who := holderOf(c.Context())
		if who.may(right) || slices.ContainsFunc(others, who.may) {
			next(c)
			return
		}
		_ = huma.WriteErr(api, c, http.StatusForbidden, "the token may not "+right+": add it to may")
	}
}

// may reports whether a holder has a right.
func (who *holder) may(right string) bool { return who == nil || slices.Contains(who.May, right) }

// everywhere reports whether a holder may see what belongs to no chat.
func (who *holder) everywhere() bool { return who == nil || who.Chats == nil && who.Accounts == nil }

// sees reports whether a holder may have to do with a chat of an account. An empty chat is what
// belongs to the account only.
func (g *Gateway) sees(ctx context.Context, who *holder, account, chat string) bool {
	switch {
	case who == nil:
		return true
	case who.Accounts != nil && !slices.Contains(who.Accounts, account):
		return false
	case who.Chats == nil:
		return true
	}
	return chat != "" && g.lists(ctx, who.Chats, account, chat)
}

// lists reports whether a list of ids and names has a chat.
func (g *Gateway) lists(ctx context.Context, list []string, account, chat string) bool {
	if slices.Contains(list, chat) {
		return true
	}
	return slices.ContainsFunc(list, func(name string) bool {
		if callback.IsGroup(name) {
			return false
		}
		id, err := g.h.Contacts().Find(ctx, account, name)
		return err == nil && id == chat
	})
}
