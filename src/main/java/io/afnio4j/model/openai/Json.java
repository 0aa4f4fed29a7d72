package io.afnio4j.model.openai;

import tools.jackson.databind.json.JsonMapper;

/** The one mapper of this room; immutable and shared. */
final class Json {

    static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}
}
