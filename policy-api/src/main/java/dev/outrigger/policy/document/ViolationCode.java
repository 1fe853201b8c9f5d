// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

/**
 * The stable codes of everything that can be wrong with a submission, with the HTTP status a
 * submission gets when this is the worst of it.
 */
public enum ViolationCode {
    /** The text is not YAML 1.2 or JSON. */
    SYNTAX("OUT-1001", 400),
    /** Too deep, too long, too many. */
    LIMIT("OUT-1002", 400),
    /** A key occurs twice in one object. */
    DUPLICATE_KEY("OUT-1003", 400),
    /** Not UTF-8. */
    ENCODING("OUT-1004", 400),
    /** YAML that a policy document does not need: anchors, aliases, tags, keys that are no text. */
    UNSUPPORTED_YAML("OUT-1005", 400),
    /** A required field is missing. */
    MISSING_FIELD("OUT-1040", 422),
    /** A value of another type. */
    WRONG_TYPE("OUT-1041", 422),
    /** A field this kind does not have. */
    UNKNOWN_FIELD("OUT-1042", 422),
    /** The right type, but not a value this field takes. */
    BAD_VALUE("OUT-1043", 422),
    /** A number, duration, length or count outside its range. */
    OUT_OF_RANGE("OUT-1044", 422),
    /** The same thing twice where it must be unique. */
    DUPLICATE("OUT-1045", 422),
    /** Two fields of one document that do not go together. */
    INCONSISTENT("OUT-1046", 422),
    /** A document, port or section that is referred to does not exist. */
    DANGLING_REFERENCE("OUT-1050", 422),
    /** Two documents claim the same host name. */
    HOSTNAME_TAKEN("OUT-1051", 422),
    /** An address no proxy may be sent to. */
    FORBIDDEN_ADDRESS("OUT-1052", 422),
    /** More than the guardrails of the mesh allow. */
    BEYOND_GUARDRAIL("OUT-1053", 422),
    /** One of the proxies could not do what is asked. */
    UNSUPPORTED_BY_PROXY("OUT-1055", 422),

    /** A raw Envoy resource that Envoy's own schema refuses. */
    XDS_RESOURCE("OUT-1060", 422),
    /** A patch that does not fit the document. */
    PATCH("OUT-1070", 422),
    /** Two traffic policies set the same block at the same level for the same caller. */
    POLICY_TIE("OUT-2001", 409),
    /** Other documents still refer to a document that is to be deleted. */
    STILL_REFERENCED("OUT-2002", 409),
    /** The document changed since its author read it. */
    STALE("OUT-2003", 412);

    private final String code;
    private final int status;

    ViolationCode(String code, int status) {
        this.code = code;
        this.status = status;
    }

    /** For example {@code OUT-1042}. */
    public String code() {
        return code;
    }

    public int status() {
        return status;
    }
}
