package io.afnio4j.optim;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientState;
import io.afnio4j.model.CompletionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link TGD}: momentum by parameter index, options by group, clients by name. Constraints and messages
 * are part of the program and not of its state. Everything is checked before anything is changed.
 */
final class TGDState {

    private static final String KIND = "TGD";

    private TGDState() {}

    static Map<String, Object> save(List<ParameterGroup> groups) {
        List<Object> momentum = new ArrayList<>();
        List<Object> options = new ArrayList<>();
        Map<String, Object> clients = new LinkedHashMap<>();
        for (ParameterGroup group : groups) {
            options.add(options(group, momentum.size()));
            momentum.addAll(group.momentum());
            clients.put(
                    group.clientName(), ClientState.of(group.settings().model()).toTree());
        }
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("kind", KIND);
        state.put("momentum", momentum);
        state.put("groups", options);
        state.put("clients", clients);
        return state;
    }

    private static Map<String, Object> options(ParameterGroup group, int first) {
        Settings settings = group.settings();
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("parameters", indices(group, first));
        options.put("momentum", settings.momentum());
        options.put("attempts", settings.attempts());
        options.put("completion", settings.options().fields());
        options.put("client", group.clientName());
        return options;
    }

    private static List<Long> indices(ParameterGroup group, int first) {
        return IntStream.range(first, first + group.parameters().size())
                .mapToObj(Long::valueOf)
                .toList();
    }

    static void load(Map<?, ?> state, List<ParameterGroup> groups, Map<String, ? extends ChatModel> clients) {
        int parameters =
                groups.stream().mapToInt(group -> group.parameters().size()).sum();
        if (!KIND.equals(state.get("kind"))
                || !(state.get("momentum") instanceof List<?> momentum)
                || momentum.size() != parameters
                || !(state.get("groups") instanceof List<?> options)
                || options.size() != groups.size()
                || !(state.get("clients") instanceof Map<?, ?> saved)) {
            throw new IllegalArgumentException("This is not the state of a TGD over " + parameters + " parameters in "
                    + groups.size() + " groups.");
        }
        Map<String, ClientState> used = new LinkedHashMap<>();
        saved.forEach((name, tree) -> used.put(String.valueOf(name), ClientState.read(String.valueOf(name), tree)));
        Map<String, ChatModel> found = new LinkedHashMap<>();
        used.forEach((name, client) -> found.put(name, client.among(name, clients)));
        List<Runnable> changes = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < groups.size(); i++) {
            ParameterGroup group = groups.get(i);
            List<?> own = momentum.subList(first, first + group.parameters().size());
            changes.add(change(group, first, options.get(i), own, found));
            first += group.parameters().size();
        }
        changes.forEach(Runnable::run);
        used.forEach((name, client) -> client.restore(client.among(name, clients)));
    }

    private static Runnable change(
            ParameterGroup group, int first, @Nullable Object saved, List<?> momentum, Map<String, ChatModel> clients) {
        if (!(saved instanceof Map<?, ?> options)
                || !indices(group, first).equals(options.get("parameters"))
                || !(options.get("completion") instanceof Map<?, ?> completion)) {
            throw new IllegalArgumentException(
                    "The state has no group of the parameters " + indices(group, first) + " with options.");
        }
        ChatModel client = options.get("client") instanceof String name ? clients.get(name) : null;
        if (client == null) {
            throw new IllegalArgumentException(
                    "The state has no client for the parameters " + indices(group, first) + ".");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        completion.forEach((name, field) -> fields.put(String.valueOf(name), field));
        Settings settings = group.settings()
                .model(client)
                .options(before -> new CompletionOptions(fields))
                .momentum(count(options, "momentum"))
                .attempts(count(options, "attempts"));
        List<List<History.Entry>> entries =
                momentum.stream().map(TGDState::entries).toList();
        return () -> group.restore(settings, entries);
    }

    private static int count(Map<?, ?> options, String name) {
        if (options.get(name) instanceof Number count && count.intValue() == count.longValue()) {
            return count.intValue();
        }
        throw new IllegalArgumentException("The state of a group has no proper " + name + ".");
    }

    private static List<History.Entry> entries(Object saved) {
        List<History.Entry> entries = new ArrayList<>();
        for (Object one : saved instanceof List<?> list ? list : List.of(saved)) {
            History.Entry entry = History.Entry.read(one);
            if (entry == null) {
                throw new IllegalArgumentException("An entry of the momentum has no value and feedback.");
            }
            entries.add(entry);
        }
        return entries;
    }
}
