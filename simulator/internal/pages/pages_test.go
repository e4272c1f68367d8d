package pages_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/web/cards"
	"github.com/hongyan-go/hongyan/internal/web/webtest"
	"github.com/hongyan-go/hongyan/simulator/internal/pages"
)

func TestTheTemplatesAreClean(t *testing.T) {
	t.Parallel()
	webtest.Lint(t, os.DirFS("templates"), ".")
	p, err := pages.New(pages.Config{})
	require.NoError(t, err)
	webtest.TextsAreUsed(t, p.Site(), pages.Texts(), ".")
	webtest.TextsAreUsed(t, p.Site(), cards.Texts(), ".", "../../../internal/web/cards")
}
