package xmlmsg_test

import (
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// elements lists path, attributes and text of each element of a document.
func elements(t testing.TB, content string) []string {
	t.Helper()
	doc := etree.NewDocument()
	doc.ReadSettings.Permissive = true
	require.NoError(t, doc.ReadFromString(content))
	var list []string
	var walk func(*etree.Element)
	walk = func(e *etree.Element) {
		parts := []string{e.GetPath()}
		for _, a := range e.Attr {
			parts = append(parts, a.FullKey()+"="+a.Value)
		}
		list = append(list, strings.Join(append(parts, strings.TrimSpace(e.Text())), " "))
		for _, c := range e.ChildElements() {
			walk(c)
		}
	}
	walk(doc.Root())
	return list
}

// TestRewriteKeepsTheRest compares all elements, including unknown ones.
func TestRewriteKeepsTheRest(t *testing.T) {
	t.Parallel()
	content := strings.Replace(sample(t, "forward_file.xml"), "<extinfo />",
		`<extinfo /><brandnew a="1" b='&amp;"'><![CDATA[<x>&]]><deep/></brandnew><!-- note -->`, 1)
	got, err := xmlmsg.Rewrite(content, xmlmsg.SetTitle("新 & <name>.json"))
	require.NoError(t, err)
	before, after := elements(t, content), elements(t, got)
	assert.Equal(t, []string{"- /msg/appmsg/title info.json", "+ /msg/appmsg/title 新 & <name>.json"}, differences(before, after))
	assert.Contains(t, got, "<![CDATA[<x>&]]>")
	assert.Contains(t, got, "<!-- note -->")
	assert.Equal(t, "新 & <name>.json", parseApp(got).(*xmlmsg.File).Name)
}

func differences(before, after []string) []string {
	var list []string
	for i := range max(len(before), len(after)) {
		var b, a string
		if i < len(before) {
			b = before[i]
		}
		if i < len(after) {
			a = after[i]
		}
		if a != b {
			list = append(list, "- "+b, "+ "+a)
		}
	}
	return list
}

func TestRewriteWithoutEditsChangesNothing(t *testing.T) {
	t.Parallel()
	for _, content := range append(samples(t), "no XML at all") {
		got, err := xmlmsg.Rewrite(content)
		require.NoError(t, err)
		assert.Equal(t, content, got)
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	const content = `<msg><appmsg appid="a"><title><![CDATA[t]]></title><x><y/></x></appmsg></msg>`
	for want, edit := range map[string]xmlmsg.Edit{
		`<msg><appmsg appid="a"><title>u</title><x><y/></x></appmsg></msg>`:                         xmlmsg.SetTitle("u"),
		`<msg><appmsg appid="a"><title><![CDATA[t]]></title><x>z<y/></x></appmsg></msg>`:            xmlmsg.SetText("appmsg/x", "z"),
		`<msg><appmsg appid="a"><title><![CDATA[t]]></title><x><y/></x><des>d</des></appmsg></msg>`: xmlmsg.SetText("appmsg/des", "d"),
		`<msg><appmsg appid="b"><title><![CDATA[t]]></title><x><y/></x></appmsg></msg>`:             xmlmsg.SetAttr("appmsg", "appid", "b"),
		`<msg><appmsg appid="a"><title><![CDATA[t]]></title></appmsg></msg>`:                        xmlmsg.Remove("appmsg/x"),
		content: xmlmsg.Remove("appmsg/nothing"),
	} {
		got, err := xmlmsg.Rewrite(content, edit)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, edit := range []xmlmsg.Edit{xmlmsg.SetText("a/b", "x"), xmlmsg.SetAttr("img", "a", "b")} {
		_, err := xmlmsg.Rewrite(content, edit)
		require.ErrorIs(t, err, xmlmsg.ErrNoPath)
	}
	_, err := xmlmsg.Rewrite("<!DOCTYPE a><msg/>", xmlmsg.SetTitle("x"))
	require.ErrorIs(t, err, xmlmsg.ErrDoctype)
	_, err = xmlmsg.Rewrite("<msg><a secret", xmlmsg.SetTitle("x"))
	require.ErrorIs(t, err, xmlmsg.ErrTruncated)
	assert.NotContains(t, err.Error(), "secret")
}

func TestAppMsg(t *testing.T) {
	t.Parallel()
	const inner = `<appmsg  appid=''><title><![CDATA[a]]></title>&amp;</appmsg >`
	for _, content := range []string{"<?xml version=\"1.0\"?>\n<msg>\n" + inner + "<fromusername/></msg>", inner, " \n" + inner} {
		got, err := xmlmsg.AppMsg(content)
		require.NoError(t, err)
		assert.Equal(t, inner, got)
	}
	_, err := xmlmsg.AppMsg("<msg><img/></msg>")
	require.ErrorIs(t, err, xmlmsg.ErrNoElement)
	_, err = xmlmsg.AppMsg("")
	require.ErrorIs(t, err, xmlmsg.ErrNotXML)
}

// TestParseUndoesBuild checks the property that Parse returns what Build was given.
func TestParseUndoesBuild(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(t *rapid.T) string {
		runes := rapid.SliceOf(rapid.SampledFrom([]rune("ab<>&\"'/ 中文😀]!-;#\n"))).Draw(t, "runes")
		return strings.TrimSpace(string(runes))
	})
	number := rapid.Int64Min(0)
	rapid.Check(t, func(t *rapid.T) {
		info := xmlmsg.AppInfo{ID: text.Draw(t, "appid"), Name: text.Draw(t, "appname"), Version: text.Draw(t, "version"),
			From: text.Draw(t, "from")}
		var want xmlmsg.Payload
		msgType := 49
		switch rapid.IntRange(0, 8).Draw(t, "kind") {
		case 3:
			info.Type = 33
			want = &xmlmsg.MiniProgram{
				Title: text.Draw(t, "title"), DisplayName: text.Draw(t, "name"), AppID: text.Draw(t, "id"), Username: text.Draw(t, "user"),
				PagePath: text.Draw(t, "path"), IconURL: text.Draw(t, "icon"), Version: text.Draw(t, "v"),
				CDNThumbURL: text.Draw(t, "thumb"), ThumbAESKey: text.Draw(t, "key"), URL: text.Draw(t, "url"),
				ShareID: text.Draw(t, "share"), AppInfo: info,
			}
		case 4:
			info.Type = rapid.SampledFrom([]int{3, 76, 92}).Draw(t, "type")
			want = &xmlmsg.Music{
				Title: text.Draw(t, "title"), Singer: text.Draw(t, "singer"), URL: text.Draw(t, "url"), DataURL: text.Draw(t, "data"),
				CoverURL: text.Draw(t, "cover"), Lyric: text.Draw(t, "lyric"), PlayerID: info.ID, PlayerName: info.Name,
				DurationMS: number.Draw(t, "ms"), Album: text.Draw(t, "album"), AppInfo: info,
			}
		case 5:
			info.Type = 57
			refer := xmlmsg.Refer{
				Type: 1, NewMsgID: rapid.Uint64().Draw(t, "svrid"), Chat: "1@chatroom", Sender: "wxid_a", Name: text.Draw(t, "name"),
				CreateTime: number.Draw(t, "time"), Content: "x" + text.Draw(t, "content"),
			}
			q := xmlmsg.QuoteOf(text.Draw(t, "answer"), refer)
			q.AppInfo = info
			q.Refer.Payload = &xmlmsg.Text{Body: q.Refer.Content}
			want = q
		case 6:
			info.Type = 19
			item := rapid.Custom(func(t *rapid.T) xmlmsg.RecordItem {
				return xmlmsg.RecordItem{
					DataType: rapid.IntRange(0, 40).Draw(t, "type"), DataID: text.Draw(t, "id"), Name: text.Draw(t, "name"),
					Time: text.Draw(t, "time"), Title: text.Draw(t, "title"), Desc: text.Draw(t, "desc"), Ext: text.Draw(t, "ext"),
					Size: number.Draw(t, "size"), MD5: text.Draw(t, "md5"), CDNDataURL: text.Draw(t, "cdn"),
					CDNDataKey: text.Draw(t, "key"), Duration: number.Draw(t, "duration"), Link: text.Draw(t, "link"),
					SourceTime: number.Draw(t, "source"),
				}
			})
			items := rapid.SliceOfN(item, 0, 3).Draw(t, "items")
			depth := 1
			if len(items) > 0 && rapid.Bool().Draw(t, "nested") {
				items[0].Items = rapid.SliceOfN(item, 1, 2).Draw(t, "inner")
				depth = 2
			}
			want = &xmlmsg.ChatRecord{
				Title: text.Draw(t, "title"), Desc: text.Draw(t, "desc"), IsGroup: rapid.Bool().Draw(t, "group"), Count: len(items),
				Depth: depth, Items: items, AppInfo: info,
			}
		case 7:
			msgType = 42
			want = &xmlmsg.Card{
				Username: "v3_x", Nickname: text.Draw(t, "nick"), Alias: text.Draw(t, "alias"), Ticket: text.Draw(t, "ticket"),
				Scene: rapid.IntRange(0, 99).Draw(t, "scene"), CertFlag: rapid.IntRange(0, 99).Draw(t, "cert"),
				Sex: rapid.IntRange(0, 2).Draw(t, "sex"), BigHeadURL: text.Draw(t, "big"), OpenIMDesc: text.Draw(t, "openim"),
			}
		case 8:
			msgType = 48
			want = &xmlmsg.Location{
				Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(t, "lng"), Scale: 15,
				Label: text.Draw(t, "label"), POIName: text.Draw(t, "poi"),
			}
		case 0:
			info.Type = 6
			want = &xmlmsg.File{
				Name: text.Draw(t, "name"), Ext: text.Draw(t, "ext"), Size: number.Draw(t, "size"), MD5: text.Draw(t, "md5"),
				AttachID: text.Draw(t, "attach"), CDNAttachURL: text.Draw(t, "cdn"), AESKey: text.Draw(t, "key"),
				EncryVer: rapid.IntRange(0, 1).Draw(t, "ver"), FileKey: text.Draw(t, "filekey"), Large: rapid.Bool().Draw(t, "large"),
				UploadToken: text.Draw(t, "token"), OverwriteNewMsgID: rapid.Uint64().Draw(t, "overwrite"), AppInfo: info,
			}
		case 1:
			info.Type = rapid.SampledFrom([]int{1, 4, 5}).Draw(t, "type")
			l := &xmlmsg.Link{
				Title: text.Draw(t, "title"), Desc: text.Draw(t, "desc"), URL: text.Draw(t, "url"), ThumbURL: text.Draw(t, "thumb"),
				SourceUsername: text.Draw(t, "source"), SourceName: text.Draw(t, "sourcename"), AppInfo: info,
			}
			for range rapid.IntRange(0, 3).Draw(t, "articles") {
				l.Articles = append(l.Articles,
					xmlmsg.Article{Title: "x" + text.Draw(t, "t"), URL: text.Draw(t, "u"), Cover: text.Draw(t, "c"),
						Summary: text.Draw(t, "s")})
			}
			want = l
		default:
			msgType = 3
			i := &xmlmsg.Image{
				AESKey: text.Draw(t, "key"), EncryVer: rapid.IntRange(0, 1).Draw(t, "ver"), CDNThumbURL: text.Draw(t, "thumb"),
				CDNThumbAESKey: text.Draw(t, "thumbkey"), ThumbLength: number.Draw(t, "tl"),
				ThumbWidth: rapid.IntRange(0, 9999).Draw(t, "tw"), ThumbHeight: rapid.IntRange(0, 9999).Draw(t, "th"),
				CDNMidURL: text.Draw(t, "mid"), Length: number.Draw(t, "length"), CDNBigURL: text.Draw(t, "big"),
				HDLength: number.Draw(t, "hd"), MD5: text.Draw(t, "md5"), OriginSourceMD5: text.Draw(t, "origin"),
				HEVCMidSize: number.Draw(t, "hevc"),
			}
			if rapid.Bool().Draw(t, "live") {
				i.Live = &xmlmsg.LivePhoto{Duration: 3, Size: number.Draw(t, "ls"), MD5: text.Draw(t, "lm"), FileID: text.Draw(t, "lf"),
					HDSize: number.Draw(t, "lh"), HDMD5: text.Draw(t, "lhm"), HDFileID: text.Draw(t, "lhf")}
			}
			want = i
		}
		xml, err := xmlmsg.Build(want)
		require.NoError(t, err)
		got := xmlmsg.Parse(xmlmsg.Message{Type: msgType, Content: xml})
		require.Empty(t, cmp.Diff(want, got), xml)
	})
}

func TestNotBuildable(t *testing.T) {
	t.Parallel()
	for _, p := range []xmlmsg.Payload{&xmlmsg.Text{}, &xmlmsg.FileNotice{}, &xmlmsg.GroupInvite{}, nil} {
		_, err := xmlmsg.Build(p)
		require.ErrorIs(t, err, xmlmsg.ErrNotBuildable)
	}
	got, err := xmlmsg.Build(&xmlmsg.Raw{Content: "<x/>"})
	require.NoError(t, err)
	assert.Equal(t, "<x/>", got)
}
