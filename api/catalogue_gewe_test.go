package api_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/catalogue"
)

// TestCatalogueOfGeWe repeats TestCatalogue for the flavour that the vendor documents separately:
// required fields must not be empty, fields that must be present are sent, optional ones may be
// missing, and no member of an answer is lost.
func TestCatalogueOfGeWe(t *testing.T) {
	t.Parallel()
	all := calls{}
	for _, table := range tables() {
		maps.Copy(all, table)
	}
	for _, e := range endpoints(t) {
		if e.Extra && !slices.Contains(e.AppliesTo, catalogue.GeWe) {
			continue
		}
		call := all[e.Path]
		t.Run(e.Path, func(t *testing.T) {
			t.Parallel()
			p := newProbeOf(t, api.GeWe(), e, call)
			if e.GeWeResponse != nil {
				p.ExampleResponse, p.answer = e.GeWeExampleResponse, e.GeWeExampleResponse
			}
			p.assertWire(t)
			for _, f := range e.Request {
				p.assertPresence(t, &f)
			}
		})
	}
}

// assertPresence checks how a call treats an empty field.
func (p *probe) assertPresence(t *testing.T, f *catalogue.Field) {
	t.Helper()
	if f.GeWe == "" {
		return
	}
	_, err := p.invoke(exampleOf(t, &p.Endpoint).without(f.Name))
	if f.In(catalogue.GeWe) == catalogue.Required {
		require.ErrorIs(t, err, api.ErrMissingField, "without %s", f.Name)
		assert.ErrorContains(t, err, f.Name)
		return
	}
	require.NoError(t, err, "without %s", f.Name)
	var body map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(p.got, &body))
	switch f.In(catalogue.GeWe) { //nolint:exhaustive // the others may be there or not
	case catalogue.Present:
		assert.Contains(t, body, f.Name)
	case catalogue.Only:
		assert.NotContains(t, body, f.Name, "no other flavour knows it")
	}
}

// TestGeWeProfile checks that GeWe gets the whole profile, including empty fields, which it clears.
func TestGeWeProfile(t *testing.T) {
	t.Parallel()
	for _, e := range endpoints(t) {
		if e.Path != "/personal/updateProfile" {
			continue
		}
		p := newProbeOf(t, api.GeWe(), e, smallCalls()[e.Path])
		_, err := p.invoke(example{"appId": "wx_demo", "nickName": "Alice"})
		require.NoError(t, err)
		assert.JSONEq(t, `{"appId":"wx_demo","nickName":"Alice","sex":"0","signature":"","country":"","province":""}`, string(p.got))
		_, err = p.invoke(example{"appId": "wx_demo", "signature": "hello"})
		require.ErrorIs(t, err, api.ErrMissingField, "the nickname would be taken away")
		return
	}
	t.Fatal("the endpoint is missing")
}

// TestBothNamesOfTheLink: the flavours spell the link of a sticker differently.
func TestBothNamesOfTheLink(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"url", "Url", "fileUrl"} {
		client := newClient(t, answer(`{"ret":200,"data":{"`+name+`":"https://example.com/s.png"}}`))
		link, err := client.Download.Emoji(t.Context(), app, "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d002")
		require.NoError(t, err)
		assert.Equal(t, "https://example.com/s.png", link, name)
	}
}

// TestIDsOfMomentsInBothForms: a number with 20 digits, and the same in quotes.
func TestIDsOfMomentsInBothForms(t *testing.T) {
	t.Parallel()
	for _, id := range []string{`14000000000000000003`, `"14000000000000000003"`} {
		data := `{"id":ID,"maxId":ID,"snsList":[{"id":ID,"commentList":[{"commentId":ID,"replyCommentId":ID}]}]}`
		client := newClient(t, answer(`{"ret":200,"data":`+strings.ReplaceAll(data, "ID", id)+`}`))
		posted, err := client.SNS.SendText(t.Context(), api.SNSSendTextRequest{AppID: app, Content: "x"})
		require.NoError(t, err)
		assert.Equal(t, api.ID(14000000000000000003), posted.ID)
		page, err := client.SNS.List(t.Context(), api.SNSListRequest{AppID: app})
		require.NoError(t, err)
		assert.Equal(t, api.ID(14000000000000000003), page.MaxID)
		assert.Equal(t, api.ID(14000000000000000003), page.Items[0].ID)
		assert.Equal(t, api.ID(14000000000000000003), page.Items[0].Comments[0].ReplyCommentID)
	}
}

// TestAShortTokenHidesNoLetter: a token of one letter occurs in every sentence.
func TestAShortTokenHidesNoLetter(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{
		"T": "The Token T is wrong", "ab": "The Token ab is wrong", "demo-token": "The Token [token] is wrong",
	} {
		client := newClient(t, answer(`{"ret":500,"msg":"The Token `+token+` is wrong"}`), func(c *api.Config) { c.Token = token })
		_, err := client.Login.CheckOnline(t.Context(), app)
		var failed *api.Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, want, failed.Message)
	}
}
