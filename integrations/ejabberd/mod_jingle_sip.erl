%%% mod_jingle_sip: hands the Jingle calls of a host's users over to a gateway component, and lets the component send Jingle
%%% in their name. For ejabberd 23.01 and newer.
%%%
%%% Server and gateway use the elements of XEP-0355 (delegation) and XEP-0356 (privileged entity), but for full JIDs, too; the
%%% module for Prosody uses the same:
%%%
%%%   server -> gateway   iq set: delegation/forwarded/iq   what a user has sent: Jingle, and disco#info to a phone's device;
%%%                                                         answered by a result with the user's answer inside, or by
%%%                                                         feature-not-implemented: "not mine, route it"
%%%   gateway -> server   iq set: privileged_iq/iq          to be sent as somebody; the result has the device's answer inside
%%%   server -> gateway   message: delegation/forwarded/message   a Jingle Message (XEP-0353) of a user
%%%   gateway -> server   message: privilege/forwarded/message    ... and as somebody
%%%   server -> gateway   message: privilege/forwarded/message    the error that answers such a one
%%%   server -> gateway   presence                          of every session, all of it again when the gateway connects
%%%
%%% Rules: only the configured component may speak as somebody, only Jingle, disco#info and Jingle Messages, only to users
%%% of this host. The addresses of an answer are those of what it answers, whatever stands in it; the ids that answers are
%%% known by cannot be guessed (ejabberd_iq). Privacy lists and blocking hold both ways. Left alone, whole sessions long:
%%% file transfer (sessions without RTP), sessions that began while the gateway was away and calls passed, sessions that
%%% come from other servers, and what a user says to an account of their own, but in a call that the gateway began, since a
%%% phone may have the user's own address. What opens a call is the gateway's all the same, while it is there: no sid takes a
%%% call past it. Bounds: `MOST_SESSIONS` remembered, of them `MOST_OF_USER` that a user has opened, and as many that others
%%% have opened with the user; the oldest give way. A question waits `timeout`, what the gateway asks of a device a minute.
-module(mod_jingle_sip).
-behaviour(gen_mod).
-behaviour(gen_server).

-export([start/2, stop/1, reload/3, depends/2, mod_options/1, mod_opt_type/1, mod_doc/0]).
-export([said/1, heard/1, asked/1, decode_iq_subel/1, told/1, refused/1, connected/1, present/2, gone/3, features/5, form/5]).
-export([init/1, handle_call/3, handle_cast/2]).

-include("xmpp.hrl").
-include("logger.hrl").

-define(NS_MODULE, <<"urn:xmpp:jingle-sip:0">>).
-define(NS_JINGLE, <<"urn:xmpp:jingle:1">>).
-define(NS_RTP, <<"urn:xmpp:jingle:apps:rtp:1">>).
-define(NS_MESSAGES, <<"urn:xmpp:jingle-message:0">>).
-define(NS_WRAPPED, <<"urn:xmpp:forward:0">>).
-define(NS_HANDED_OVER, <<"urn:xmpp:delegation:2">>).
-define(NS_SPOKEN, <<"urn:xmpp:privilege:2">>).

%% The resource of the devices that the gateway speaks from when it answers a proposal.
-define(PHONE, <<"sip">>).

%% How many sessions are remembered as the gateway's or not.
-define(MOST_SESSIONS, 10000).
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
    [{user_send_packet, said, 95}, % after archive (88) and carbons (89), which are to see the messages
     {user_receive_packet, heard, 50},
     {local_send_to_resource_hook, told, 40},
     {c2s_handle_info, present, 50},
     {sm_remove_connection_hook, gone, 50},
     {disco_local_features, features, 50},
     {disco_info, form, 110}]. % after mod_disco (100), which keeps nothing of others

global_hooks() -> [{component_connected, connected, 60}, {filter_packet, refused, 50}].

reload(Host, _NewOpts, _OldOpts) -> ask_presence(Host).
depends(_Host, _Opts) -> [].

mod_opt_type(component) -> econf:domain();
mod_opt_type(fallback) -> econf:enum([error, pass]);
mod_opt_type(messages) -> econf:bool();
mod_opt_type(timeout) -> econf:timeout(second).

%% `component` has no default: without it the configuration is refused.
mod_options(_Host) -> [component, {fallback, error}, {messages, true}, {timeout, timer:seconds(15)}].

mod_doc() ->
    #{desc => <<"Hands the Jingle calls of a host's users over to a gateway component.">>,
      opts =>
          [{component, #{value => <<"Domain">>, desc => <<"The gateway's domain, that of an ejabberd_service.">>}},
           {fallback, #{value => <<"error | pass">>, desc => <<"What calls get while the gateway is away.">>}},
           {messages, #{value => <<"true | false">>, desc => <<"Whether Jingle Messages (XEP-0353) are handed over.">>}},
           {timeout, #{value => <<"timeout()">>, desc => <<"How long the gateway may take to answer.">>}}]}.

%% IQs for us are left as they are on the wire.
decode_iq_subel(Element) -> Element.

component(Host) -> gen_mod:get_module_opt(Host, ?MODULE, component).
option(Host, Name) -> gen_mod:get_module_opt(Host, ?MODULE, Name).

is_gateway(Host, #jid{luser = <<>>, lserver = Domain, lresource = <<>>}) -> Domain == component(Host);
is_gateway(_Host, _Jid) -> false.

is_up(Host) -> ejabberd_router:is_my_route(component(Host)).

%%% --------------------------------------------------------------------------------------- what the host's users send

%% A user's stanza, before it is routed: {Stanza, C2S}.
said({#iq{type = Type, sub_els = [#xmlel{name = <<"jingle">>} = Jingle]} = Sent, C2S} = Said) when Type == set; Type == get ->
    #{jid := From, lserver := Host} = C2S,
    IQ = xmpp:set_from_to(Sent, From, address(Sent, From)),
    case xmpp:get_ns(Jingle) == ?NS_JINGLE andalso is_taken(Host, IQ, Jingle) andalso is_allowed(C2S, IQ) of
        true -> take(IQ, Jingle, Said);
        false -> aside(Host, IQ, Jingle), Said
    end;
%% What a phone's device can, nobody but the gateway knows; clients ask it before they begin what it has proceeded.
said({#iq{type = get, to = #jid{lresource = ?PHONE} = To, sub_els = [#xmlel{name = <<"query">>} = Query]} = Sent, C2S} = Said) ->
    #{jid := From, lserver := Host} = C2S,
    IQ = xmpp:set_from_to(Sent, From, To),
    IsPhone = xmpp:get_ns(Query) == ?NS_DISCO_INFO andalso To#jid.lserver /= component(Host) andalso not is_session(Host, To),
    case IsPhone andalso is_up(Host) andalso is_allowed(C2S, IQ) of
        true -> hand_over(Host, IQ), {stop, {drop, C2S}};
        false -> Said
    end;
%% XEP-0353 has type chat; what comes by another type proposes a call all the same.
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

is_session(Host, #jid{lserver = Host} = Jid) ->
    ejabberd_sm:get_session_pid(Jid#jid.luser, Host, Jid#jid.lresource) /= none;
is_session(_Host, _Jid) -> false.

address(Sent, From) ->
    case xmpp:get_to(Sent) of
        undefined -> jid:remove_resource(From);
        To -> To
    end.

%% The Jingle Message in a message, or false.
jingle_message(Message) ->
    case [Element || #xmlel{} = Element <- xmpp:get_els(Message), xmpp:get_ns(Element) == ?NS_MESSAGES] of
        [Element | _] -> Element;
        [] -> false
    end.

%% Whether a user's Jingle is the gateway's: everything to other people but what is left alone, and of what a user says to
%% the own account the question for a call that rings, and the calls that the gateway began.
is_taken(Host, Stanza, Jingle) ->
    {From, To} = {xmpp:get_from(Stanza), xmpp:get_to(Stanza)},
    IsGet = is_record(Stanza, iq) andalso Stanza#iq.type == get,
    case is_bare_same(From, To) of
        true when IsGet -> attribute(<<"action">>, Jingle) == <<"existing-session-initiate">>;
        true -> whose(Host, From, To, Jingle) == ours;
        false -> not IsGet andalso To#jid.lserver /= component(Host)
                     andalso is_carried(whose(Host, From, To, Jingle), opens(Jingle), Jingle)
    end.

%% Whether the gateway is to carry it: a call that opens in any case, and all but what is left alone to its end.
is_carried(_Whose, call, _Element) -> true;
is_carried(ours, _Opened, _Element) -> true;
is_carried(Whose, nothing, #xmlel{name = Name} = Element) ->
    case adds_call(Element) of
        true -> Whose /= aside;
        false when Whose == ended -> Name == <<"jingle">>;
        false -> Whose == unknown
    end;
is_carried(_Whose, other, _Element) -> false.

%% Privacy lists are asked after this hook; what they refuse is left to them.
is_allowed(#{lserver := Host} = C2S, Stanza) ->
    ejabberd_hooks:run_fold(privacy_check_packet, Host, allow, [C2S, Stanza, out]) == allow.

take(Stanza, Jingle, {_, #{lserver := Host} = C2S} = Said) ->
    case {is_up(Host), option(Host, fallback)} of
        {true, _} -> remember(Host, Stanza, Jingle, unknown), hand_over(Host, Stanza), {stop, {drop, C2S}};
        {false, pass} -> remember(Host, Stanza, Jingle, aside), Said;
        {false, error} -> refuse_away(Stanza, Jingle, Said)
    end.

%% Without the gateway no call begins; of other messages nobody waits for an answer.
refuse_away(#message{}, #xmlel{name = Name}, Said) when Name /= <<"propose">> -> Said;
refuse_away(Stanza, _Jingle, {_, C2S}) ->
    Error = xmpp:err_service_unavailable(<<"The call gateway is not connected">>, xmpp:get_lang(Stanza)),
    ejabberd_router:route_error(Stanza, Error#stanza_error{type = wait}),
    {stop, {drop, C2S}}.

hand_over(Host, #message{} = Message) ->
    ejabberd_router:route(#message{from = jid:make(Host), to = jid:make(component(Host)),
                                   sub_els = [wrapped(<<"delegation">>, ?NS_HANDED_OVER, Message)]});
hand_over(Host, #iq{} = IQ) ->
    Outer = #iq{type = set, from = jid:make(Host), to = jid:make(component(Host)),
                sub_els = [wrapped(<<"delegation">>, ?NS_HANDED_OVER, IQ)]},
    ejabberd_router:route_iq(Outer, fun(Answer) -> answered(IQ, Answer) end, undefined, option(Host, timeout)).

%% The gateway's answer to what was handed over becomes the user's.
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

%%% -------------------------------------------------------------------------------------------- what the gateway says

%% An IQ to be sent as somebody. Its answer comes back to `answer/2`, also when the session is gone or the user has
%% blocked the caller: ejabberd's own errors are answers as well.
asked(#iq{type = set, from = From, sub_els = [#xmlel{name = <<"privileged_iq">>} = Asked]} = Outer) ->
    #jid{lserver = Host} = Outer#iq.to,
    case is_gateway(Host, From) andalso spoken(fxml:get_subtag(Asked, <<"iq">>)) of
        false -> refuse(Outer, <<"only the gateway may speak as somebody">>);
        #iq{to = #jid{lserver = Host} = To} = IQ ->
            case {is_call(IQ), is_session(Host, To)} of
                {false, _} -> refuse(Outer, <<"only Jingle and disco#info may be sent as somebody">>);
                {true, false} -> xmpp:make_error(Outer, xmpp:err_recipient_unavailable());
                {true, true} -> speak(Host, Outer, IQ)
            end;
        _ -> refuse(Outer, <<"only an IQ to a user of this host may be sent as somebody">>)
    end;
asked(IQ) -> refuse(IQ, <<"this is for the call gateway">>).

refuse(IQ, Text) -> xmpp:make_error(IQ, xmpp:err_forbidden(Text, xmpp:get_lang(IQ))).

is_call(#iq{type = Type, from = #jid{}, sub_els = [Element]}) when Type == set; Type == get ->
    lists:member(xmpp:get_ns(Element), [?NS_JINGLE, ?NS_DISCO_INFO]);
is_call(_IQ) -> false.

speak(Host, Outer, #iq{from = From, to = To, sub_els = [Element]} = IQ) ->
    remember(Host, From, To, Element, ours),
    ejabberd_router:route_iq(IQ, fun(Answer) -> answer(Outer, IQ, Answer) end, undefined, timer:seconds(60)),
    ignore.

answer(Outer, _IQ, timeout) ->
    ejabberd_router:route(xmpp:make_error(Outer, xmpp:err_remote_server_timeout()));
answer(Outer, #iq{id = Id, from = From, to = To}, Answer) ->
    Inside = wrapped(<<"privilege">>, ?NS_SPOKEN, Answer#iq{id = Id, from = To, to = From}),
    ejabberd_router:route(xmpp:make_iq_result(Outer, Inside)).

%% A message to the host: a Jingle Message to be sent as somebody, if it is the gateway's. Archive, carbons, push and
%% blocking apply as to any message.
told(#message{type = Type, from = From, to = #jid{lserver = Host}} = Outer) when Type /= error ->
    case is_gateway(Host, From) andalso inside(xmpp:get_els(Outer), <<"privilege">>, ?NS_SPOKEN, <<"message">>) of
        false -> ok;
        Message ->
            case is_spoken_message(Host, Message) of
                true ->
                    remember(Host, Message, jingle_message(Message), ours),
                    ejabberd_router:route(Message);
                false ->
                    Text = <<"only Jingle Messages to users of this host may be sent as somebody">>,
                    ejabberd_router:route_error(Outer, xmpp:err_forbidden(Text, xmpp:get_lang(Outer)))
            end,
            stop
    end;
told(_Stanza) -> ok.

%% An error that answers such a message, the server's or a device's, is the gateway's to hear.
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

%% Nothing but a Jingle Message and hints how to store it: no chat.
is_spoken_message(Host, #message{type = Type, from = #jid{}, to = #jid{lserver = Host}} = Message)
  when Type == chat; Type == normal ->
    Namespaces = [xmpp:get_ns(Element) || Element <- xmpp:get_els(Message)],
    lists:member(?NS_MESSAGES, Namespaces) andalso Namespaces -- [?NS_MESSAGES, ?NS_HINTS, ?NS_HINTS] == []
        andalso Message#message.body == [] andalso Message#message.subject == [];
is_spoken_message(_Host, _Message) -> false.

%%% -------------------------------------------------------------------------------------------------- whose session it is

%% One that the gateway began is `ours`, whatever its party is called; `other` carries no call; a call that goes its own way
%% is `aside`; and of either of these that is `ended` only Jingle Messages (finish) still go that way. What is `unknown` is
%% the gateway's. Known by sid and both parties, so that nobody can set aside what others have.
whose(Host, From, To, Jingle) ->
    {Whose, _Owner} = found(Host, key(From, To, Jingle)),
    Whose.

found(Host, Key) ->
    case ets:lookup(sessions(Host), Key) of
        [{Key, Whose, Owner, _At}] -> {Whose, Owner};
        [] -> {unknown, nobody}
    end.

%% What was not taken: a session that carries no call is left alone to its end.
aside(Host, Stanza, Jingle) ->
    case opens(Jingle) of
        other -> remember(Host, Stanza, Jingle, other);
        _ -> note_end(Host, xmpp:get_from(Stanza), xmpp:get_to(Stanza), Jingle)
    end.

remember(Host, Stanza, Jingle, As) -> remember(Host, xmpp:get_from(Stanza), xmpp:get_to(Stanza), Jingle, As).

%% What an element opens is remembered so; what the gateway has begun stays its own.
remember(Host, From, To, Jingle, As) ->
    case opens(Jingle) /= nothing andalso whose(Host, From, To, Jingle) /= ours of
        true -> set(Host, key(From, To, Jingle), As, owner(Host, From, To));
        false -> ok
    end.

%% A session that was left alone is over.
note_end(Host, From, To, Jingle) ->
    Key = key(From, To, Jingle),
    {Left, Owner} = found(Host, Key),
    case attribute(<<"action">>, Jingle) == <<"session-terminate">> andalso (Left == aside orelse Left == other) of
        true -> set(Host, Key, ended, Owner);
        false -> ok
    end.

%% The user of this host who opens a session; what others open with a user is a share of its own.
owner(Host, #jid{lserver = Host} = From, _To) -> {opened_by, From#jid.luser};
owner(_Host, _From, To) -> {opened_with, To#jid.luser}.

%% What comes to a user from another server and is not the gateway's goes its own way.
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

opening(#iq{type = set, sub_els = [#xmlel{name = <<"jingle">>} = Jingle]}) -> Jingle;
opening(#message{} = Message) -> jingle_message(Message);
opening(_Stanza) -> false.

%% What an element begins: a call, another kind of session (file transfer), or nothing.
opens(#xmlel{name = <<"propose">>} = Propose) -> kind([Propose]);
opens(#xmlel{name = <<"jingle">>} = Jingle) ->
    case attribute(<<"action">>, Jingle) of
        <<"session-initiate">> -> kind(fxml:get_subtags(Jingle, <<"content">>));
        _ -> nothing
    end;
opens(_Element) -> nothing.

%% Whether an element makes a call of what may have been none.
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

%% All read it, and the process of the host writes, one thing after the other. Each session is twice in the order, by its age
%% in the share of who has opened it, so that nobody can push out what others have, and in the host's.
sessions(Host) -> gen_mod:get_module_proc(Host, ?MODULE).

set(Host, Key, Whose, Owner) ->
    case found(Host, Key) of
        {unknown, _} when Whose == unknown -> ok;
        _ -> gen_server:call(sessions(Host), {set, Key, Whose, Owner})
    end.

init([Host, _Opts]) ->
    Sessions = ets:new(sessions(Host), [named_table, {read_concurrency, true}]),
    {ok, {Sessions, ets:new(order, [ordered_set])}}.

handle_call({set, Key, Whose, Owner}, _From, Tables) ->
    forget(Key, Tables),
    Whose == unknown orelse insert(Key, Whose, Owner, Tables),
    {reply, ok, Tables}.

handle_cast(_Message, Tables) -> {noreply, Tables}.

forget(Key, {Sessions, Order}) ->
    [[ets:delete(Order, {Of, At}) || Of <- [Owner, host]] || {_, _, Owner, At} <- ets:take(Sessions, Key)].

insert(Key, Whose, Owner, {Sessions, Order} = Tables) ->
    At = erlang:unique_integer([monotonic, positive]),
    ets:insert(Order, [{{Of, At}, Key} || Of <- [Owner, host]]),
    ets:insert(Sessions, {Key, Whose, Owner, At}),
    OfUser = ets:select_count(Order, [{{{Owner, '_'}, '_'}, [], [true]}]),
    give_way(Owner, OfUser > ?MOST_OF_USER, Tables),
    give_way(host, ets:info(Sessions, size) > ?MOST_SESSIONS, Tables).

%% The oldest of them, if they are too many.
give_way(Of, true, {_, Order} = Tables) -> forget(ets:lookup_element(Order, ets:next(Order, {Of, 0}), 2), Tables);
give_way(_Of, false, _Tables) -> ok.

%%% ------------------------------------------------------------------------------------------------------ who is there

%% Presence goes to the gateway as XEP-0356 §7 has it.
tell(Host, From, Presence) ->
    case is_up(Host) of
        true -> ejabberd_router:route(xmpp:set_from_to(Presence, From, jid:make(component(Host))));
        false -> ok
    end.

%% A component has connected: if it is the gateway, every session says its presence again.
connected(Component) ->
    [ask_presence(Host) || Host <- ejabberd_option:hosts(), gen_mod:is_loaded(Host, ?MODULE), component(Host) == Component],
    ok.

%% Asked of the sessions themselves, so that nothing old overtakes what a session says meanwhile.
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

%%% ------------------------------------------------------------------------------------------ what the host says of itself

%% By this feature, and the component in the form (XEP-0128), the gateway knows that a module of its version is here.
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
                      #xdata_field{var = <<"component">>, values = [component(Host)]}]} | Forms];
form(Forms, _Host, _Module, _Node, _Lang) -> Forms.

%%% --------------------------------------------------------------------------------------------------------- the wrappers

wrapped(Name, Namespace, Stanza) ->
    Forwarded = #xmlel{name = <<"forwarded">>, attrs = [{<<"xmlns">>, ?NS_WRAPPED}], children = [client(Stanza)]},
    #xmlel{name = Name, attrs = [{<<"xmlns">>, Namespace}], children = [Forwarded]}.

%% xmpp:encode leaves the namespace out, and inside of <forwarded/> it would be another's.
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

%% A stanza as it stands in a wrapper, or false when it is none.
spoken(#xmlel{} = Element) ->
    try xmpp:decode(Element, ?NS_CLIENT, [ignore_els])
    catch _:{xmpp_codec, _} -> false
    end;
spoken(_None) -> false.
