package io.afnio4j.cognitive;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientState;
import io.afnio4j.model.CompletionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of a module's members into a tree that can be saved, and back. Everything is checked before anything is
 * changed.
 */
final class ModuleState {

    private final Map<String, Member> members = new LinkedHashMap<>(); // what is saved, by path

    ModuleState(Module module) {
        ModuleTree.of(module)
                .forEach((path, owner) -> owner.registered().forEach((name, member) -> {
                    if (member.saved) {
                        members.put(ModuleTree.path(path, name), member);
                    }
                }));
    }

    Map<String, Object> save() {
        Map<String, Object> state = new LinkedHashMap<>();
        members.forEach((path, member) -> state.put(path, saved(member)));
        return state;
    }

    private static Object saved(Member member) {
        return switch (member.kind) {
            case PARAMETER, BUFFER -> copy((Variable) member.value());
            case CHAT ->
                chat(member).stream()
                        .map(turn -> new Message(
                                turn.role(),
                                turn.parts().stream().map(ModuleState::copy).toList()))
                        .toList();
            case MODEL -> ClientState.of((ChatModel) member.value()).toTree();
            case OPTIONS -> ((CompletionOptions) member.value()).fields();
            case MODULE, FUNCTION -> throw new IllegalStateException(member.kind + " has no state.");
        };
    }

    private static Variable copy(Variable variable) {
        return variable instanceof Parameter
                ? new Parameter(variable.data(), variable.role(), variable.requiresGrad())
                : new Variable(variable.data(), variable.role(), variable.requiresGrad());
    }

    IncompatibleKeys load(Map<?, ?> state, boolean strict, Map<String, ? extends ChatModel> clients) {
        Set<String> missing = new LinkedHashSet<>(members.keySet());
        missing.removeAll(state.keySet());
        Set<String> unexpected = new LinkedHashSet<>();
        state.keySet().forEach(path -> unexpected.add(String.valueOf(path)));
        unexpected.removeAll(members.keySet());
        if (strict && !(missing.isEmpty() && unexpected.isEmpty())) {
            throw new IllegalArgumentException("The state doesn't fit this module: missing " + missing + ", unexpected "
                    + unexpected + ". Was it saved from another one?");
        }
        List<Runnable> changes = new ArrayList<>();
        members.forEach((path, member) -> {
            if (!missing.contains(path)) {
                changes.add(change(path, member, state.get(path), clients));
            }
        });
        changes.forEach(Runnable::run);
        return new IncompatibleKeys(new ArrayList<>(missing), new ArrayList<>(unexpected));
    }

    private static Runnable change(
            String path, Member member, @Nullable Object saved, Map<String, ? extends ChatModel> clients) {
        return switch (member.kind) {
            case PARAMETER, BUFFER -> variable(path, (Variable) member.value(), saved);
            case CHAT -> messages(path, chat(member), saved);
            case MODEL -> model(path, member, saved, clients);
            case OPTIONS -> options(path, member, saved);
            case MODULE, FUNCTION -> throw new IllegalStateException(member.kind + " has no state.");
        };
    }

    /**
     * A parameter keeps its shape; anything else takes the data as they come. What a variable is for, and whether it is
     * learnt, is for the program to say, which may have been worded better or have frozen something since; a role is
     * taken where it says none.
     */
    private static Runnable variable(String path, Variable variable, @Nullable Object value) {
        if (!(value instanceof Variable saved) || (variable instanceof Parameter && !areAlike(saved, variable))) {
            throw unfit(path, "variable of the right shape");
        }
        return () -> {
            variable.data(saved.data());
            if (variable.role().isBlank()) {
                variable.role(saved.role());
            }
        };
    }

    private static boolean areAlike(Variable saved, Variable parameter) {
        return saved.value().isList() == parameter.value().isList() && saved.size() == parameter.size();
    }

    private static Runnable messages(String path, List<Message> turns, @Nullable Object value) {
        List<Runnable> changes = new ArrayList<>();
        if (!(value instanceof List<?> saved) || saved.size() != turns.size()) {
            throw unfit(path, "conversation of " + turns.size() + " messages");
        }
        for (int i = 0; i < turns.size(); i++) {
            Message turn = turns.get(i);
            if (!(saved.get(i) instanceof Message message)
                    || !message.role().equals(turn.role())
                    || message.parts().size() != turn.parts().size()) {
                throw unfit(
                        path + "." + i,
                        turn.role() + " message of " + turn.parts().size() + " parts");
            }
            for (int part = 0; part < turn.parts().size(); part++) {
                changes.add(variable(
                        path + "." + i + "." + part,
                        turn.parts().get(part),
                        message.parts().get(part)));
            }
        }
        return () -> changes.forEach(Runnable::run);
    }

    private static Runnable model(
            String path, Member member, @Nullable Object value, Map<String, ? extends ChatModel> clients) {
        ClientState saved = ClientState.read(path, value);
        ChatModel client = saved.among(path, clients);
        return () -> {
            member.value(client);
            saved.restore(client);
        };
    }

    private static Runnable options(String path, Member member, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> saved)) {
            throw unfit(path, "completion options");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        saved.forEach((name, field) -> fields.put(String.valueOf(name), field));
        return () -> member.value(new CompletionOptions(fields));
    }

    private static IllegalArgumentException unfit(String path, String wanted) {
        return new IllegalArgumentException("The state has no " + wanted + " for '" + path + "'.");
    }

    static List<Message> chat(Member member) {
        return (MultiTurnMessages) member.value();
    }
}
