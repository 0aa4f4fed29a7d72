package io.afnio4j.model.http;

import io.afnio4j.error.AfnioException;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** How one provider writes chat requests and what its answers mean. Any number of calls share it. */
public interface ChatProtocol {

    /**
     * Where requests go.
     *
     * @param stream whether the answer is to come piece by piece
     * @return a path below the base URL, with a query of its own or without
     */
    String path(boolean stream);

    /**
     * Refuses, at the call, what can't be asked of this provider.
     *
     * @param request what to ask
     * @throws IllegalArgumentException where it can't
     */
    void check(ChatRequest request);

    /**
     * The limit on an answer that is written where neither the request nor the client's fields have one.
     *
     * @return tokens, 0 where none is written
     */
    default long ownAnswerLimit() {
        return 0;
    }

    /**
     * Writes a request, one JSON object.
     *
     * @param json where to
     * @param request what to ask
     * @param stream whether the answer is to come piece by piece
     */
    void write(JsonGenerator json, ChatRequest request, boolean stream);

    /**
     * Reads a whole answer.
     *
     * @param answer the body, an object that isn't an error
     * @return the answer
     * @throws io.afnio4j.error.AfnioException where it isn't one, or isn't whole
     */
    ChatResponse read(JsonNode answer);

    /**
     * Reads what came as an array where a stream was asked for. Most protocols know no such answer.
     *
     * @param pieces the body, an array whose first element isn't an error
     * @return the answer
     * @throws io.afnio4j.error.AfnioException where it isn't one, or isn't whole
     */
    default ChatResponse readPieces(JsonNode pieces) {
        return read(pieces);
    }

    /**
     * What one attempt asks: the request, with what this protocol asks for by itself, and without what the endpoint was
     * found to refuse.
     *
     * @param request what the caller asks
     * @param stream whether the answer is to come piece by piece
     * @return the same request where nothing is to be changed
     */
    default ChatRequest adapted(ChatRequest request, boolean stream) {
        return request;
    }

    /**
     * Judges a failed attempt anew, for it may have been refused because of something that the next one can do without.
     *
     * @param failure what the attempt failed with
     * @param request what the caller asked
     * @param sent what this attempt asked: see {@link #adapted}
     * @return the failure for the caller: the same, or a retriable one where the next attempt is another request
     */
    default AfnioException reconsidered(AfnioException failure, ChatRequest request, ChatRequest sent) {
        return failure;
    }

    /**
     * Makes what reads one streamed answer.
     *
     * @param request what was asked
     * @return a reader for one subscription
     */
    StreamReader stream(ChatRequest request);
}
