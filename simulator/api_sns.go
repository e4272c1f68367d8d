package simulator

import "slices"

// snsEndpoints are the calls of the module "sns" about posts that there are.
func snsEndpoints() []endpoint {
	return []endpoint{
		{path: "/sns/snsList", handle: locked(snsList)},
		{path: "/sns/contactsSnsList", handle: locked(contactsSnsList)},
		{path: "/sns/snsDetails", handle: locked(snsDetails)},
		{path: "/sns/likeSns", handle: nothing(likeSns)},
		{path: "/sns/commentSns", handle: nothing(commentSns)},
		{path: "/sns/delSns", handle: nothing(delSns)},
		{path: "/sns/snsSetPrivacy", handle: nothing(snsSetPrivacy)},
		{path: "/sns/snsVisibleScope", handle: nothing(snsVisibleScope)},
		{path: "/sns/strangerVisibilityEnabled", handle: noted},
		{path: "/sns/downloadSnsVideo", handle: locked(downloadSnsVideo)},
	}
}

// snsList is the timeline: the account's own posts, and its friends'.
func snsList(r *request) (any, error) {
	return r.timeline(func(*moment) bool { return true }), nil
}

func contactsSnsList(r *request) (any, error) {
	wxid := r.text("wxid")
	if wxid != r.account.Wxid && !slices.Contains(r.account.Friends, wxid) {
		return nil, refuse("wxid: %q is not a friend of the account (对方不是好友)", wxid)
	}
	return r.timeline(func(m *moment) bool { return m.author == wxid }), nil
}

func snsDetails(r *request) (any, error) {
	m, err := r.moment()
	if err != nil {
		return nil, err
	}
	return r.sim.snsPost(m), nil
}

func likeSns(r *request) error {
	m, err := r.moment()
	if err != nil {
		return err
	}
	own := func(l snsLike) bool { return l.UserName == r.account.Wxid }
	switch r.number("operType") {
	case 1:
		if !slices.ContainsFunc(m.likes, own) {
			m.likes = append(m.likes, snsLike{
				UserName: r.account.Wxid, NickName: r.account.Nickname, Type: reactionLike, CreateTime: r.sim.now(),
			})
		}
	case 2:
		m.likes = slices.DeleteFunc(m.likes, own)
	default:
		return refuse("operType: it must be 1 (like) or 2 (take back)")
	}
	return nil
}

func commentSns(r *request) error {
	m, err := r.moment()
	if err != nil {
		return err
	}
	id := r.number("commentId")
	has := func(c snsComment) bool { return c.CommentID == id }
	switch r.number("operType") {
	case 1:
		if r.text("content") == "" {
			return refuse("content 不可为空 (it is required)")
		}
		r.sim.moments.comments++
		c := snsComment{
			UserName: r.account.Wxid, NickName: r.account.Nickname, Type: reactionComment, Content: r.text("content"),
			CreateTime: r.sim.now(), CommentID: r.sim.moments.comments,
		}
		if slices.ContainsFunc(m.comments, has) {
			c.ReplyCommentID = id
		}
		m.comments = append(m.comments, c)
	case 2:
		i := slices.IndexFunc(m.comments, has)
		if i < 0 || m.comments[i].UserName != r.account.Wxid && m.author != r.account.Wxid {
			return refuse("commentId: there is no comment %d that the account may delete", id)
		}
		m.comments = slices.Delete(m.comments, i, i+1)
	default:
		return refuse("operType: it must be 1 (comment) or 2 (delete)")
	}
	return nil
}

func delSns(r *request) error {
	m, err := r.ownMoment()
	if err == nil {
		r.sim.moments.posts = slices.DeleteFunc(r.sim.moments.posts, func(other *moment) bool { return other == m })
	}
	return err
}

func snsSetPrivacy(r *request) error {
	m, err := r.ownMoment()
	if err == nil {
		m.private = !r.flag("open")
	}
	return err
}

func snsVisibleScope(r *request) error {
	if n := r.number("option"); n < 1 || n > 4 {
		return refuse("option: it must be 1 (everything), 2 (half a year), 3 (a month) or 4 (three days)")
	}
	return nil
}

func downloadSnsVideo(r *request) (any, error) {
	if _, err := timelineObject(r); err != nil {
		return nil, err
	}
	return r.link(r.text("snsXml"), "", "mp4"), nil
}

// timelineObject reads the post in the XML of a call.
func timelineObject(r *request) (*node, error) {
	root, err := parse(r.text("snsXml"))
	if err != nil {
		return nil, refuse("snsXml: %v", err)
	}
	if root.name != "TimelineObject" {
		return nil, refuse("snsXml: it is not <TimelineObject>")
	}
	return root, nil
}
