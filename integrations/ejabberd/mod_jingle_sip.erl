%%% mod_jingle_sip: delegates the Jingle calls of a host's users to a gateway component, and lets the component send Jingle
%%% on their behalf. For ejabberd 23.01 and newer.
%%%
%%% Server and gateway use the elements of XEP-0355 (delegation) and XEP-0356 (privileged entity), but also for full JIDs;
%%% the module for Prosody is compatible:
%%%
%%%   server -> gateway   iq set: delegation/forwarded/iq   a user's IQ: Jingle, and disco#info to a phone's device;
%%%                                                         answered by a result with the user's answer inside, or by
%%%                                                         feature-not-implemented: "not mine, route it"
%%%   gateway -> server   iq set: privileged_iq/iq          to be sent on a user's behalf; the result has the device's answer
%%%   server -> gateway   message: delegation/forwarded/message   a Jingle Message (XEP-0353) of a user
%%%   gateway -> server   message: privilege/forwarded/message    ... and on a user's behalf
%%%   server -> gateway   message: privilege/forwarded/message    the error response to such a message
%%%   server -> gateway   presence                          of every session, repeated when the gateway connects: only
%%%                                                         priority and caps (XEP-0115)
%%%
%%% Rules: only the configured component, over its own connection, may send on behalf of others: as an address of its own, as a
%%% user of this host, as the domains of `speaks_as`, and in a user's call as the address called; only Jingle, disco#info and
%%% Jingle Messages, only to users of this host. The addresses of an answer are those of its request, whatever it contains;
%%% the ids of requests cannot be guessed (ejabberd_iq). No user's session ever waits for a process of ours.
%%% Privacy lists and blocking apply in both directions. Not delegated, for the whole session: file transfer (sessions without
%%% RTP), sessions begun while the gateway was away and calls passed, sessions from other servers, and a user's stanzas to
%%% their own account, except in a call begun by the gateway, since a phone may have the user's own address. A stanza that
%%% opens a call is always delegated while the gateway is there: no sid can bypass it. Bounds: sessions as in
%%% `sessions_shares`, the oldest are dropped; pending requests: `MOST` in each direction, of these `MOST_OF_USER` of one
%%% user, further ones are refused. A request waits `timeout`; the gateway's requests to a device, a minute.
-module(mod_jingle_sip).
-behaviour(gen_mod).
-behaviour(gen_server).

-export([start/2, stop/1, reload/3, depends/2, mod_options/1, mod_opt_type/1, mod_doc/0]).
-export([said/1, heard/1, came/1, asked/1, decode_iq_subel/1, told/1, refused/1, connected/1, present/2, gone/3]).
-export([features/5, form/5]).
-export([init/1, handle_call/3, handle_cast/2]).

-include("xmpp.hrl").
-include("logger.hrl").

-define(NS_MODULE, <<"urn:xmpp:jingle-sip:0">>).
-define(NS_JINGLE, <<"urn:xmpp:jingle:1">>).
-define(NS_RTP, <<"urn:xmpp:jingle:apps:rtp:1">>).
-define(NS_MESSAGES, <<"urn:xmpp:jingle-message:0">>).
-define(NS_CALLER_NAME, <<"http://jabber.org/protocol/nick">>).
-define(NS_WRAPPED, <<"urn:xmpp:forward:0">>).
-define(NS_HANDED_OVER, <<"urn:xmpp:delegation:2">>).
-define(NS_SPOKEN, <<"urn:xmpp:privilege:2">>).

%% The resource of a phone as a device, from which the gateway answers proposals.
-define(PHONE, <<"sip">>).

%% Most sessions remembered, and most pending requests.
-define(MOST, 10000).
-define(MOST_OF_DOMAIN, 1000).
-define(MOST_OF_USER, 100).

%%% ------------------------------------------------------------------------------------------------ the module itself

start(Host, Opts) ->
    {ok, _} = gen_mod:start_child(?MODULE, Host, Opts),
    [ejabberd_hooks:add(Hook, Host, ?MODULE, Function, Place) || {Hook, Function, Place} <- hooks()],
    [ejabberd_hooks:add(Hook, ?MODULE, Function, Place) || {Hook, Function, Place} <- global_hooks()],
    gen_iq_handler:add_iq_handler(ejabberd_local, Host, ?NS_SPOKEN, ?MODULE, asked),
    ask_presence(Host),
    ?INFO_MSG("Jingle calls of ~ts go to ~ts", [Host, component(Host)]),
    ok.

stop(Host) ->
    [ejabberd_hooks:delete(Hook, Host, ?MODULE, Function, Place) || {Hook, Function, Place} <- hooks()],
    case gen_mod:is_loaded_elsewhere(Host, ?MODULE) of
        false -> [ejabberd_hooks:delete(Hook, ?MODULE, Function, Place) || {Hook, Function, Place} <- global_hooks()];
        true -> ok
    end,
    gen_iq_handler:remove_iq_handler(ejabberd_local, Host, ?NS_SPOKEN),
    gen_mod:stop_child(?MODULE, Host),
    ok.

hooks() ->
    [{user_send_packet, said, 95}, % after archive (88) and carbons (89), which must see the messages
     {user_receive_packet, heard, 50},
     {local_send_to_resource_hook, told, 40},
     {c2s_handle_info, present, 50},
     {sm_remove_connection_hook, gone, 50},
     {disco_local_features, features, 50},
     {disco_info, form, 110}]. % after mod_disco (100), which discards what others added

global_hooks() -> [{component_connected, connected, 60}, {component_send_packet, came, 50}, {filter_packet, refused, 50}].

reload(Host, _NewOpts, _OldOpts) -> ask_presence(Host).
depends(_Host, _Opts) -> [].

mod_opt_type(component) -> econf:domain();
mod_opt_type(fallback) -> econf:enum([error, pass]);
mod_opt_type(messages) -> econf:bool();
mod_opt_type(speaks_as) -> econf:list(econf:domain());
mod_opt_type(timeout) -> econf:timeout(second).

%% `component` has no default: a configuration without it is refused.
mod_options(_Host) -> [component, {fallback, error}, {messages, true}, {speaks_as, []}, {timeout, timer:seconds(15)}].

mod_doc() ->
    #{desc => <<"Hands the Jingle calls of a host's users over to a gateway component.">>,
      opts =>
          [{component, #{value => <<"Domain">>, desc => <<"The gateway's domain, that of an ejabberd_service.">>}},
           {fallback, #{value => <<"error | pass">>, desc => <<"What calls get while the gateway is away.">>}},
           {messages, #{value => <<"true | false">>, desc => <<"Whether Jingle Messages (XEP-0353) are handed over.">>}},
           {speaks_as, #{value => <<"[Domain, ...]">>, desc => <<"As whom the gateway may speak, too: domains of phones.">>}},
           {timeout, #{value => <<"timeout()">>, desc => <<"How long the gateway may take to answer.">>}}]}.

%% IQs for us are not decoded.
decode_iq_subel(Element) -> Element.

component(Host) -> gen_mod:get_module_opt(Host, ?MODULE, component).
option(Host, Name) -> gen_mod:get_module_opt(Host, ?MODULE, Name).

%% A component's stanza, before it is routed: records whose connection it came over, since a component that shares the
%% gateway's listener may use the gateway's address (`check_from` compares with the listener's domains).
came({drop, _State} = Dropped) -> Dropped;
came({Stanza, #{routes := Domains} = State}) ->
    #jid{lserver = Domain} = xmpp:get_from(Stanza),
    {xmpp:put_meta(Stanza, ?MODULE, lists:member(Domain, Domains)), State}.

is_gateway(Host, Stanza) ->
    jid:tolower(xmpp:get_from(Stanza)) == {<<>>, component(Host), <<>>} andalso xmpp:get_meta(Stanza, ?MODULE, false).

%% Addresses the gateway may send as; including users of another host that delegates to the same gateway.
may_be(Host, #jid{lserver = Domain, luser = User}) ->
    Domain == component(Host) orelse lists:member(Domain, option(Host, speaks_as))
        orelse User /= <<>> andalso gen_mod:is_loaded(Domain, ?MODULE) andalso component(Domain) == component(Host);
may_be(_Host, undefined) -> false.

is_up(Host) -> ejabberd_router:is_my_route(component(Host)).

%%% --------------------------------------------------------------------------------------- stanzas from the host's users

%% A user's stanza, before it is routed: {Stanza, C2S}.
said({#iq{type = Type} = Sent, #{jid := From, lserver := Host} = C2S} = Said) when Type == set; Type == get ->
    IQ = xmpp:set_from_to(Sent, From, address(Sent, From)),
    case jingle(IQ) of
        false -> asks(IQ, Said);
        Jingle ->
            case is_taken(Host, IQ, Jingle) andalso is_allowed(C2S, IQ) of
                true -> take(IQ, Jingle, Said);
                false -> aside(Host, IQ, Jingle), Said
            end
    end;
%% XEP-0353 requires type chat, but a message of another type proposes a call as well.
said({#message{type = Type} = Sent, #{jid := From, lserver := Host} = C2S} = Said) when Type /= error ->
    Message = xmpp:set_from_to(Sent, From, address(Sent, From)),
    case option(Host, messages) andalso jingle_message(Message) of
        false -> Said;
        Element ->
            case is_taken(Host, Message, Element) andalso is_allowed(C2S, Message) of
                true -> take(Message, Element, Said);
                false -> aside(Host, Message, Element), Said
            end
    end;
said({#presence{type = Type, to = To} = Presence, #{jid := From, lserver := Host}} = Said)
  when Type == available; Type == unavailable ->
    case is_own(From, To) of
        true -> tell(Host, From, Presence);
        false -> ok
    end,
    Said;
said(Said) -> Said.

%% Only the gateway knows the features of a phone's device; clients query them before they act on its proceed.
asks(#iq{type = get, to = #jid{lresource = ?PHONE} = To, sub_els = [#xmlel{name = <<"query">>} = Query]} = IQ, Said) ->
    {_, #{lserver := Host} = C2S} = Said,
    IsPhone = xmpp:get_ns(Query) == ?NS_DISCO_INFO andalso To#jid.lserver /= component(Host) andalso not is_session(Host, To),
    case IsPhone andalso is_up(Host) andalso is_allowed(C2S, IQ) of
        true -> hand_over(Host, IQ), {stop, {drop, C2S}};
        false -> Said
    end;
asks(_IQ, Said) -> Said.

is_session(Host, #jid{lserver = Host} = Jid) ->
    ejabberd_sm:get_session_pid(Jid#jid.luser, Host, Jid#jid.lresource) /= none;
is_session(_Host, _Jid) -> false.

address(Sent, From) ->
    case xmpp:get_to(Sent) of
        undefined -> jid:remove_resource(From);
        To -> To
    end.

%% The Jingle in an IQ, or the Jingle Message in a message; or false.
jingle(IQ) -> first([Element || #xmlel{name = <<"jingle">>} = Element <- xmpp:get_els(IQ), xmpp:get_ns(Element) == ?NS_JINGLE]).

jingle_message(Message) ->
    first([Element || #xmlel{} = Element <- xmpp:get_els(Message), xmpp:get_ns(Element) == ?NS_MESSAGES]).

first([Element | _]) -> Element;
first([]) -> false.

%% Whether a user's Jingle is delegated: everything to others unless left alone; and of the stanzas to the user's own account,
%% the query for a ringing call, and calls begun by the gateway.
is_taken(Host, Stanza, Jingle) ->
    {From, To} = {xmpp:get_from(Stanza), xmpp:get_to(Stanza)},
    IsGet = is_record(Stanza, iq) andalso Stanza#iq.type == get,
    case is_bare_same(From, To) of
        true when IsGet -> attribute(<<"action">>, Jingle) == <<"existing-session-initiate">>;
        true -> whose(Host, From, To, Jingle) == ours;
        false -> not IsGet andalso To#jid.lserver /= component(Host)
                     andalso is_carried(whose(Host, From, To, Jingle), opens(Jingle), Jingle)
    end.

%% Whether the gateway handles it: always if it opens a call, otherwise unless the session is left alone.
is_carried(_Whose, call, _Element) -> true;
is_carried(ours, _Opened, _Element) -> true;
is_carried(Whose, nothing, #xmlel{name = Name} = Element) ->
    case adds_call(Element) of
        true -> Whose /= aside;
        false when Whose == ended -> Name == <<"jingle">>;
        false -> Whose == unknown
    end;
is_carried(_Whose, other, _Element) -> false.

%% Privacy lists are checked after this hook; stanzas they refuse are left to them.
is_allowed(#{lserver := Host} = C2S, Stanza) ->
    ejabberd_hooks:run_fold(privacy_check_packet, Host, allow, [C2S, Stanza, out]) == allow.

take(Stanza, Jingle, {_, #{lserver := Host} = C2S} = Said) ->
    case {is_up(Host), option(Host, fallback)} of
        {true, _} -> remember(Host, Stanza, Jingle, taken(Host, Stanza)), hand_over(Host, Stanza), {stop, {drop, C2S}};
        {false, pass} -> remember(Host, Stanza, Jingle, aside), Said;
        {false, error} -> refuse_away(Stanza, Jingle, Said)
    end.

%% A call to an address that the gateway may not send as is remembered, since the gateway answers as that address.
taken(Host, Stanza) ->
    case may_be(Host, xmpp:get_to(Stanza)) of
        true -> unknown;
        false -> taken
    end.

%% Without the gateway no call begins; of messages, only a propose gets an error.
refuse_away(#message{}, #xmlel{name = Name}, Said) when Name /= <<"propose">> -> Said;
refuse_away(Stanza, _Jingle, {_, C2S}) ->
    Error = xmpp:err_service_unavailable(<<"The call gateway is not connected">>, xmpp:get_lang(Stanza)),
    ejabberd_router:route_error(Stanza, Error#stanza_error{type = wait}),
    {stop, {drop, C2S}}.

hand_over(Host, #message{} = Message) ->
    ejabberd_router:route(#message{from = jid:make(Host), to = jid:make(component(Host)),
                                   sub_els = [wrapped(<<"delegation">>, ?NS_HANDED_OVER, Message)]});
hand_over(Host, #iq{from = #jid{luser = User}} = IQ) ->
    Outer = #iq{type = set, from = jid:make(Host), to = jid:make(component(Host)),
                sub_els = [wrapped(<<"delegation">>, ?NS_HANDED_OVER, IQ)]},
    Answered = fun(Answer) -> has_waited(Host, handed_over, User), answered(IQ, Answer) end,
    case may_wait(Host, handed_over, User) of
        true -> ejabberd_router:route_iq(Outer, Answered, undefined, option(Host, timeout));
        false -> ejabberd_router:route_error(IQ, too_many(IQ))
    end.

too_many(IQ) -> xmpp:err_resource_constraint(<<"Too many calls at once">>, xmpp:get_lang(IQ)).

%% The gateway's answer to a delegated IQ is sent to the user.
answered(IQ, timeout) ->
    Text = <<"The call gateway did not answer">>,
    ejabberd_router:route_error(IQ, xmpp:err_remote_server_timeout(Text, xmpp:get_lang(IQ)));
answered(#iq{id = Id, from = From, to = To} = IQ, #iq{type = result, sub_els = Elements}) ->
    case inside(Elements, <<"delegation">>, ?NS_HANDED_OVER, <<"iq">>) of
        #iq{type = Type} = Answer when Type == result; Type == error ->
            ejabberd_router:route(Answer#iq{id = Id, from = To, to = From});
        _ ->
            refuse_unreadable(IQ)
    end;
answered(IQ, #iq{type = error} = Answer) ->
    case xmpp:get_error(Answer) of
        #stanza_error{reason = 'feature-not-implemented'} -> ejabberd_router:route(IQ);
        _ -> refuse_unreadable(IQ)
    end.

refuse_unreadable(IQ) ->
    Text = <<"The call gateway could not take this">>,
    ejabberd_router:route_error(IQ, xmpp:err_service_unavailable(Text, xmpp:get_lang(IQ))).

%%% -------------------------------------------------------------------------------------------- stanzas from the gateway

%% An IQ to be sent on behalf of an address. Its answer comes back to `answer/2`, also if the session is gone or the user has
%% blocked the caller: ejabberd's own errors are answers as well.
asked(#iq{type = set, sub_els = [#xmlel{name = <<"privileged_iq">>} = Asked]} = Outer) ->
    #jid{lserver = Host} = Outer#iq.to,
    case is_gateway(Host, Outer) andalso spoken(fxml:get_subtag(Asked, <<"iq">>)) of
        false -> refuse(Outer, <<"only the gateway may speak as somebody">>);
        #iq{from = From, to = #jid{lserver = Host} = To} = IQ ->
            MayBe = may_be(Host, From) orelse has_called(Host, To, From, hd(IQ#iq.sub_els)),
            case {MayBe, is_call(IQ), is_session(Host, To)} of
                {false, _, _} -> refuse(Outer, <<"the gateway may not speak as that one: see speaks_as">>);
                {true, false, _} -> refuse(Outer, <<"only Jingle and disco#info may be sent as somebody">>);
                {true, true, false} -> xmpp:make_error(Outer, xmpp:err_recipient_unavailable());
                {true, true, true} -> speak(Host, Outer, IQ)
            end;
        _ -> refuse(Outer, <<"only an IQ to a user of this host may be sent as somebody">>)
    end;
asked(IQ) -> refuse(IQ, <<"this is for the call gateway">>).

refuse(IQ, Text) -> xmpp:make_error(IQ, xmpp:err_forbidden(Text, xmpp:get_lang(IQ))).

is_call(#iq{type = Type, sub_els = [Element]}) when Type == set; Type == get ->
    lists:member(xmpp:get_ns(Element), [?NS_JINGLE, ?NS_DISCO_INFO]);
is_call(_IQ) -> false.

speak(Host, Outer, #iq{from = From, to = #jid{luser = User} = To, sub_els = [Element]} = IQ) ->
    Answered = fun(Answer) -> has_waited(Host, spoken, User), answer(Outer, IQ, Answer) end,
    case may_wait(Host, spoken, User) of
        true ->
            remember(Host, From, To, Element, ours),
            ejabberd_router:route_iq(IQ, Answered, undefined, timer:seconds(60)),
            ignore;
        false -> xmpp:make_error(Outer, too_many(Outer))
    end.

answer(Outer, _IQ, timeout) ->
    ejabberd_router:route(xmpp:make_error(Outer, xmpp:err_remote_server_timeout()));
answer(Outer, #iq{id = Id, from = From, to = To}, Answer) ->
    Inside = wrapped(<<"privilege">>, ?NS_SPOKEN, Answer#iq{id = Id, from = To, to = From}),
    ejabberd_router:route(xmpp:make_iq_result(Outer, Inside)).

%% A message to the host: a Jingle Message to be sent on behalf of an address, if it is the gateway's. Archive, carbons, push
%% and blocking apply as to any message.
told(#message{type = Type, to = #jid{lserver = Host}} = Outer) when Type /= error ->
    case inside(xmpp:get_els(Outer), <<"privilege">>, ?NS_SPOKEN, <<"message">>) of
        false -> ok;
        Message ->
            case is_gateway(Host, Outer) andalso is_spoken_message(Host, Message) of
                true ->
                    remember(Host, Message, jingle_message(Message), ours),
                    ejabberd_router:route(Message);
                false ->
                    Text = <<"only the gateway may send as somebody, Jingle Messages to users of this host: see speaks_as">>,
                    ejabberd_router:route_error(Outer, xmpp:err_forbidden(Text, xmpp:get_lang(Outer)))
            end,
            stop
    end;
told(_Stanza) -> ok.

%% An error response to such a message, from the server or a device, goes to the gateway.
refused(#message{type = error, from = #jid{lserver = Host} = From, to = To} = Message) ->
    case gen_mod:is_loaded(Host, ?MODULE) andalso jingle_message(Message) of
        false -> Message;
        Element ->
            case whose(Host, From, To, Element) of
                ours -> tell_refused(Host, Message), drop;
                _ -> Message
            end
    end;
refused(Stanza) -> Stanza.

tell_refused(Host, Message) ->
    case is_up(Host) of
        true -> ejabberd_router:route(#message{from = jid:make(Host), to = jid:make(component(Host)),
                                               sub_els = [wrapped(<<"privilege">>, ?NS_SPOKEN, Message)]});
        false -> ok
    end.

%% Only a Jingle Message, storage hints and the caller's name (XEP-0172): no chat.
is_spoken_message(Host, #message{type = Type, from = From, to = #jid{lserver = Host} = To} = Message)
  when Type == chat; Type == normal ->
    Namespaces = [xmpp:get_ns(Element) || Element <- xmpp:get_els(Message)],
    lists:member(?NS_MESSAGES, Namespaces)
        andalso (may_be(Host, From) orelse has_called(Host, To, From, jingle_message(Message)))
        andalso Namespaces -- [?NS_MESSAGES, ?NS_HINTS, ?NS_HINTS, ?NS_CALLER_NAME] == []
        andalso Message#message.body == [] andalso Message#message.subject == [];
is_spoken_message(_Host, _Message) -> false.

%%% -------------------------------------------------------------------------------------------------- owners of sessions

%% `ours`: begun by the gateway, whatever its party's address; `other`: carries no call; `aside`: a call that is not
%% delegated; `ended`: one of the latter two, for which only Jingle Messages (finish) still bypass the gateway. `unknown` and
%% `taken` are the gateway's. The key is the sid and both parties, so that nobody can affect the sessions of others.
whose(Host, From, To, Jingle) ->
    case found(Host, key(From, To, Jingle)) of
        {taken, _} -> unknown;
        {Whose, _} -> Whose
    end.

%% Whether the user has called this address in this session: then the gateway answers as that address.
has_called(_Host, _User, undefined, _Element) -> false;
has_called(Host, User, Other, Element) -> element(1, found(Host, key(User, Other, Element))) == taken.

found(Host, Key) ->
    case ets:lookup(sessions(Host), Key) of
        [{Key, Whose, Owner, _At}] -> {Whose, Owner};
        [] -> {unknown, nobody}
    end.

%% A session that is not delegated: one that carries no call is left alone to its end.
aside(Host, Stanza, Jingle) ->
    case opens(Jingle) of
        other -> remember(Host, Stanza, Jingle, other);
        _ -> note_end(Host, xmpp:get_from(Stanza), xmpp:get_to(Stanza), Jingle)
    end.

remember(Host, Stanza, Jingle, As) -> remember(Host, xmpp:get_from(Stanza), xmpp:get_to(Stanza), Jingle, As).

%% Records the session that an element opens; sessions begun by the gateway stay its own.
remember(Host, From, To, Jingle, As) ->
    case opens(Jingle) /= nothing andalso whose(Host, From, To, Jingle) /= ours of
        true -> set(Host, key(From, To, Jingle), As, owner(Host, From, To));
        false -> ok
    end.

%% A session that was left alone has ended.
note_end(Host, From, To, Jingle) ->
    Key = key(From, To, Jingle),
    {Left, Owner} = found(Host, Key),
    case attribute(<<"action">>, Jingle) == <<"session-terminate">> andalso (Left == aside orelse Left == other) of
        true -> set(Host, Key, ended, Owner);
        false -> ok
    end.

%% The user of this host who opens a session, or the user with whom another domain opens it.
owner(Host, #jid{lserver = Host} = From, _To) -> {opened_by, From#jid.luser};
owner(Host, #jid{lserver = Domain}, To) -> {opened_with, To#jid.luser, Domain == component(Host) orelse Domain}.

%% Stanzas to a user from another server bypass the gateway, unless they are the gateway's.
heard({Stanza, #{jid := Jid, lserver := Host}} = Heard) ->
    From = xmpp:get_from(Stanza),
    case opening(Stanza) of
        false -> Heard;
        _ when From == undefined; From#jid.lserver == Host -> Heard;
        Jingle ->
            remember(Host, From, Jid, Jingle, aside),
            note_end(Host, From, Jid, Jingle),
            Heard
    end.

opening(#iq{type = set} = IQ) -> jingle(IQ);
opening(#message{type = Type} = Message) when Type /= error -> jingle_message(Message);
opening(_Stanza) -> false.

%% What an element opens: a call, another kind of session (file transfer), or nothing.
opens(#xmlel{name = <<"propose">>} = Propose) -> kind([Propose]);
opens(#xmlel{name = <<"jingle">>} = Jingle) ->
    case attribute(<<"action">>, Jingle) of
        <<"session-initiate">> -> kind(fxml:get_subtags(Jingle, <<"content">>));
        _ -> nothing
    end;
opens(_Element) -> nothing.

%% Whether an element turns a session without a call into a call.
adds_call(#xmlel{name = <<"jingle">>} = Jingle) ->
    attribute(<<"action">>, Jingle) == <<"content-add">> andalso kind(fxml:get_subtags(Jingle, <<"content">>)) == call;
adds_call(_Element) -> false.

kind(Contents) ->
    IsRtp = fun(Content) -> fxml:get_subtag_with_xmlns(Content, <<"description">>, ?NS_RTP) /= false end,
    case lists:any(IsRtp, Contents) of
        true -> call;
        false -> other
    end.

key(From, To, Jingle) ->
    Parties = lists:sort([jid:tolower(jid:remove_resource(Jid)) || Jid <- [From, To]]),
    Sid = case Jingle of
              #xmlel{name = <<"jingle">>} -> attribute(<<"sid">>, Jingle);
              _ -> attribute(<<"id">>, Jingle)
          end,
    {Parties, crypto:hash(sha, Sid)}. % a sid may be as long as a stanza

attribute(Name, Element) -> fxml:get_tag_attr_s(Name, Element).

%%% ---------------------------------------------------------------------------------------------- the table of the sessions

%% Read and written by any process, without waiting. The process of the host is notified of changes, keeps the order of the
%% sessions in each share, and removes the oldest of a full share.
sessions(Host) -> gen_mod:get_module_proc(Host, ?MODULE).

set(Host, Key, Whose, Owner) ->
    case found(Host, Key) of
        {unknown, _} when Whose == unknown -> ok;
        _ -> write(sessions(Host), Key, Whose, Owner)
    end.

write(Sessions, Key, Whose, Owner) ->
    case Whose of
        unknown -> ets:delete(Sessions, Key);
        _ -> ets:insert(Sessions, {Key, Whose, Owner, erlang:unique_integer([monotonic, positive])})
    end,
    gen_server:cast(Sessions, {changed, Key}).

%% The shares of a session, each with its size, the smallest first, which makes room for its own: nobody displaces the
%% sessions of others. Sessions opened by strangers with the host's users are separate from those opened by the users, and each
%% domain has a share of them; sessions opened by the gateway are separate, too.
sessions_shares({opened_by, User}) -> [{{by, User}, ?MOST_OF_USER}, {by, ?MOST}];
sessions_shares({opened_with, User, true}) -> [{{with, User}, ?MOST_OF_USER}, {gateway, ?MOST}];
sessions_shares({opened_with, User, Domain}) ->
    [{{with, User, strangers}, ?MOST_OF_USER}, {{from, Domain}, ?MOST_OF_DOMAIN}, {strangers, ?MOST}].

init([Host, _Opts]) ->
    Public = [named_table, public, {read_concurrency, true}, {write_concurrency, true}],
    Sessions = ets:new(sessions(Host), Public),
    ets:new(waiting(Host), Public),
    {ok, {Sessions, ets:new(order, [ordered_set]), ets:new(places, []), ets:new(counts, [])}}.

handle_call(_Question, _From, Tables) -> {reply, ok, Tables}.

handle_cast({changed, Key}, {Sessions, _, _, _} = Tables) ->
    leave(Key, Tables),
    [enter(Key, Owner, At, Tables) || {_, _, Owner, At} <- ets:lookup(Sessions, Key)],
    {noreply, Tables}.

leave(Key, {_, Order, Places, Counts}) ->
    [begin
         ets:delete(Order, {Share, At}),
         count(Counts, Share, -1)
     end || {_, Owner, At} <- ets:take(Places, Key), {Share, _} <- sessions_shares(Owner)].

enter(Key, Owner, At, {_, Order, Places, Counts} = Tables) ->
    ets:insert(Places, {Key, Owner, At}),
    Shares = sessions_shares(Owner),
    [begin
         ets:insert(Order, {{Share, At}, Key}),
         count(Counts, Share, 1)
     end || {Share, _} <- Shares],
    [ets:lookup_element(Counts, Share, 2) > Most andalso give_way(Share, Tables) || {Share, Most} <- Shares].

%% The oldest of a share, unless it was rewritten meanwhile: then a notification is on its way.
give_way(Share, {Sessions, Order, _, _} = Tables) ->
    {Share, At} = Place = ets:next(Order, {Share, 0}),
    Key = ets:lookup_element(Order, Place, 2),
    leave(Key, Tables),
    ets:match_delete(Sessions, {Key, '_', '_', At}).

%% A counter that is removed at zero.
count(Counts, Of, More) ->
    Count = ets:update_counter(Counts, Of, More, {Of, 0}),
    Count == 0 andalso ets:delete_object(Counts, {Of, 0}),
    Count.

%%% ------------------------------------------------------------------------------------ numbers of pending requests

waiting(Host) -> gen_mod:get_module_proc(Host, mod_jingle_sip_waiting).

%% Whether one more may wait; `has_waited/3` returns its place.
may_wait(Host, Way, User) ->
    Most = [{{Way, User}, ?MOST_OF_USER}, {Way, ?MOST}],
    IsMany = [count(waiting(Host), Of, 1) > Bound || {Of, Bound} <- Most],
    lists:member(true, IsMany) andalso has_waited(Host, Way, User),
    not lists:member(true, IsMany).

has_waited(Host, Way, User) ->
    HasTable = ets:whereis(waiting(Host)) /= undefined, % none if the module was stopped meanwhile
    [HasTable andalso count(waiting(Host), Of, -1) || Of <- [{Way, User}, Way]].

%%% ------------------------------------------------------------------------------------------------------ presence

%% Presence goes to the gateway as in XEP-0356 §7, reduced to what calls need: no status, no avatar hash.
tell(Host, From, #presence{type = Type, priority = Priority} = Presence) ->
    Encoded = [xmpp:encode(Element) || Element <- xmpp:get_els(Presence), xmpp:get_ns(Element) == ?NS_CAPS],
    Caps = [Element#xmlel{children = []} || Element <- Encoded],
    Told = #presence{type = Type, priority = Priority, from = From, to = jid:make(component(Host)), sub_els = Caps},
    is_up(Host) andalso ejabberd_router:route(Told),
    ok.

%% A component has connected: if it is the gateway, every session sends its presence again.
connected(Component) ->
    [ask_presence(Host) || Host <- ejabberd_option:hosts(), gen_mod:is_loaded(Host, ?MODULE), component(Host) == Component],
    ok.

%% Requested from the sessions themselves, so that no old presence overtakes a newer one.
ask_presence(Host) ->
    Pids = [ejabberd_sm:get_session_pid(User, Server, Resource)
            || {User, Server, Resource} <- ejabberd_sm:get_vh_session_list(Host)],
    [Pid ! {?MODULE, presence} || Pid <- Pids, is_pid(Pid)],
    ok.

present(#{jid := From, lserver := Host} = C2S, {?MODULE, presence}) ->
    case C2S of
        #{pres_last := Presence} -> tell(Host, From, Presence);
        _ -> ok
    end,
    {stop, C2S};
present(C2S, _Info) -> C2S.

gone(_Sid, #jid{lserver = Host} = Jid, _Info) -> tell(Host, Jid, #presence{type = unavailable}).

is_own(From, #jid{lresource = <<>>} = To) -> is_bare_same(From, To);
is_own(_From, To) -> To == undefined.

is_bare_same(One, Other) -> jid:tolower(jid:remove_resource(One)) == jid:tolower(jid:remove_resource(Other)).

%%% ------------------------------------------------------------------------------------------ the host's disco#info

%% By this feature, and the component in the form (XEP-0128), the gateway detects a module of its version.
features({error, _} = Refused, _From, _To, _Node, _Lang) -> Refused;
features(Known, _From, _To, <<>>, _Lang) ->
    Others = case Known of
                 {result, Features} -> Features;
                 empty -> []
             end,
    {result, [?NS_MODULE | Others]};
features(Known, _From, _To, _Node, _Lang) -> Known.

form(Forms, Host, _Module, <<>>, _Lang) when is_binary(Host), Host /= <<>> ->
    [#xdata{type = result,
            fields = [#xdata_field{type = hidden, var = <<"FORM_TYPE">>, values = [?NS_MODULE]},
                      #xdata_field{var = <<"component">>, values = [component(Host)]},
                      #xdata_field{var = <<"speaks_as">>, values = option(Host, speaks_as)}]} | Forms];
form(Forms, _Host, _Module, _Node, _Lang) -> Forms.

%%% --------------------------------------------------------------------------------------------------------- the wrappers

wrapped(Name, Namespace, Stanza) ->
    Forwarded = #xmlel{name = <<"forwarded">>, attrs = [{<<"xmlns">>, ?NS_WRAPPED}], children = [client(Stanza)]},
    #xmlel{name = Name, attrs = [{<<"xmlns">>, Namespace}], children = [Forwarded]}.

%% xmpp:encode omits the namespace, and inside <forwarded/> it would inherit another.
client(Stanza) ->
    #xmlel{attrs = Attributes} = Element = xmpp:encode(Stanza, ?NS_CLIENT),
    Element#xmlel{attrs = lists:keystore(<<"xmlns">>, 1, Attributes, {<<"xmlns">>, ?NS_CLIENT})}.

%% The stanza in a wrapper, or false.
inside(Elements, Name, Namespace, Kind) ->
    Wrappers = [xmpp:encode(Element) || Element <- Elements, xmpp:get_ns(Element) == Namespace],
    Path = [{elem, <<"forwarded">>}, {elem, Kind}],
    case [fxml:get_path_s(Wrapper, Path) || #xmlel{name = Of} = Wrapper <- Wrappers, Of == Name] of
        [#xmlel{} = Stanza] -> spoken(Stanza);
        _ -> false
    end.

%% A stanza as it is in a wrapper, or false if it is none.
spoken(#xmlel{} = Element) ->
    try xmpp:decode(Element, ?NS_CLIENT, [ignore_els])
    catch _:{xmpp_codec, _} -> false
    end;
spoken(_None) -> false.
