package simulator

import "context"

// deviceEndpoints are the calls of the module "login" that are about the token.
func deviceEndpoints() []endpoint {
	return []endpoint{
		{path: "/login/setCallback", title: "设置回调", token: true, everywhere: true, handle: setCallback},
		{path: "/tools/setCallback", title: "设置回调", token: true, handle: setCallback},
		{path: "/tools/removeCallback", title: "移除回调", handle: nothing(removeCallback)},
		{path: "/tools/getTokenId", title: "获取token", open: true, handle: getTokenID},
		{path: "/login/deviceList", title: "获取设备列表", token: true, handle: locked(deviceList)},
	}
}

// setCallback probes the URL before it answers. The setting is one for all accounts of the token.
func setCallback(ctx context.Context, r *request) (any, error) {
	if r.text("token") != r.sim.config.Token {
		return nil, &refusal{msg: "token 不可用或已过期"}
	}
	if err := r.sim.register(ctx, r.flavour, r.text("callbackUrl"), r.fromAfar); err != nil {
		return nil, &refusal{code: "500", msg: "push msg err: " + err.Error()}
	}
	return nil, nil
}

func removeCallback(r *request) error {
	r.sim.callback = ""
	r.sim.broadcast()
	return nil
}

// getTokenID is the only call without a token. There is one token, so it is always the same.
func getTokenID(_ context.Context, r *request) (any, error) { return r.sim.config.Token, nil }

func deviceList(r *request) (any, error) {
	ids := []string{}
	for _, d := range r.sim.devices.all {
		ids = append(ids, d.id)
	}
	return ids, nil
}
