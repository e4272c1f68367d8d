package xmlmsg

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrNotBuildable means that Build does not support this kind of message.
var ErrNotBuildable = errors.New("xmlmsg: a message of this kind cannot be built")

// Build writes the XML of a message: of a *Link, *File, *MiniProgram, *Music, *Quote, *ChatRecord,
// *Image, *Card or *Location. For app messages, AppMsg then cuts out the element that the call
// postAppMsg takes. Files and images can be forwarded if their cdn fields come from a received
// message or from the response to a send. For a *Raw or an *App, Build returns the content. All
// other payloads give ErrNotBuildable.
func Build(p Payload) (string, error) {
	switch p := p.(type) {
	case *Link:
		return buildApp(p.AppInfo, appLink, p.write), nil
	case *File:
		return buildApp(p.AppInfo, appFile, p.write), nil
	case *MiniProgram:
		return buildApp(p.AppInfo, appMiniProgram, p.write), nil
	case *Music:
		return buildApp(p.AppInfo, appMusic, p.write), nil
	case *Quote:
		return buildApp(p.AppInfo, appQuote, p.write), nil
	case *ChatRecord:
		return buildApp(p.AppInfo, appRecord, p.write), nil
	case *Image:
		return p.build(), nil
	case *Card:
		return p.build(), nil
	case *Location:
		return p.build(), nil
	case *Raw:
		return p.Content, nil
	case *App:
		return p.Content, nil
	case nil:
		return "", ErrNotBuildable
	}
	return "", fmt.Errorf("%w: %s", ErrNotBuildable, p.Kind())
}

type writer struct{ strings.Builder }

// element writes an element with a text, or <name/> if the text is empty.
func (w *writer) element(name, text string) {
	if text == "" {
		w.WriteString("<" + name + "/>")
		return
	}
	w.WriteString("<" + name + ">" + escape(text) + "</" + name + ">")
}

func (w *writer) number(name string, n int64) { w.element(name, strconv.FormatInt(n, 10)) }

// attr writes an attribute, or nothing if the value is empty.
func (w *writer) attr(name, value string) {
	if value != "" {
		w.WriteString(" " + name + `="` + escape(value) + `"`)
	}
}

func (w *writer) attrNumber(name string, n int64) {
	if n != 0 {
		w.attr(name, strconv.FormatInt(n, 10))
	}
}

// buildApp writes an app message around the elements that own writes. def is the type if info has
// none.
func buildApp(info AppInfo, def int, own func(*writer)) string {
	if info.Type == 0 {
		info.Type = def
	}
	var w writer
	w.WriteString(`<msg><appmsg appid="` + escape(info.ID) + `" sdkver="0">`)
	own(&w)
	w.number("type", int64(info.Type))
	w.WriteString("</appmsg>")
	w.element("fromusername", info.From)
	w.WriteString("<scene>0</scene><appinfo>")
	w.element("version", info.Version)
	w.element("appname", info.Name)
	w.WriteString("</appinfo></msg>")
	return w.String()
}

func (l *Link) write(w *writer) {
	w.element("title", l.Title)
	w.element("des", l.Desc)
	w.element("url", l.URL)
	w.element("thumburl", l.ThumbURL)
	w.element("sourceusername", l.SourceUsername)
	w.element("sourcedisplayname", l.SourceName)
	if len(l.Articles) == 0 {
		return
	}
	w.WriteString(`<mmreader><category type="0" count="` + strconv.Itoa(len(l.Articles)) + `">`)
	for _, a := range l.Articles {
		w.WriteString("<item>")
		w.element("title", a.Title)
		w.element("url", a.URL)
		w.element("cover", a.Cover)
		w.element("summary", a.Summary)
		w.WriteString("</item>")
	}
	w.WriteString("</category></mmreader>")
}

func (f *File) write(w *writer) {
	w.element("title", f.Name)
	w.WriteString("<des/><appattach>")
	w.number("totallen", f.Size)
	w.element("attachid", f.AttachID)
	w.element("fileext", f.Ext)
	w.element("cdnattachurl", f.CDNAttachURL)
	w.element("aeskey", f.AESKey)
	w.number("encryver", int64(f.EncryVer))
	if f.OverwriteNewMsgID != 0 {
		w.element("overwrite_newmsgid", strconv.FormatUint(f.OverwriteNewMsgID, 10))
	}
	w.element("fileuploadtoken", f.UploadToken)
	w.element("filekey", f.FileKey)
	if f.Large {
		w.number("islargefilemsg", 1)
	}
	w.WriteString("</appattach>")
	w.element("md5", f.MD5)
}

func (i *Image) build() string {
	var w writer
	w.WriteString("<msg><img")
	w.attr("aeskey", i.AESKey)
	w.attrNumber("encryver", int64(i.EncryVer))
	w.attr("cdnthumbaeskey", i.CDNThumbAESKey)
	w.attr("cdnthumburl", i.CDNThumbURL)
	w.attrNumber("cdnthumblength", i.ThumbLength)
	w.attrNumber("cdnthumbwidth", int64(i.ThumbWidth))
	w.attrNumber("cdnthumbheight", int64(i.ThumbHeight))
	w.attr("cdnmidimgurl", i.CDNMidURL)
	w.attrNumber("length", i.Length)
	w.attr("cdnbigimgurl", i.CDNBigURL)
	w.attrNumber("hdlength", i.HDLength)
	w.attr("md5", i.MD5)
	w.attr("originsourcemd5", i.OriginSourceMD5)
	w.attrNumber("hevc_mid_size", i.HEVCMidSize)
	if i.Live == nil {
		w.WriteString("/></msg>")
		return w.String()
	}
	w.WriteString("><live>")
	w.number("duration", int64(i.Live.Duration))
	w.number("size", i.Live.Size)
	w.element("md5", i.Live.MD5)
	w.element("fileid", i.Live.FileID)
	w.number("hdsize", i.Live.HDSize)
	w.element("hdmd5", i.Live.HDMD5)
	w.element("hdfileid", i.Live.HDFileID)
	w.WriteString("</live></img></msg>")
	return w.String()
}
