// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.document.DocumentReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.PolicyDocument;
import dev.outrigger.policy.document.TreeJson;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.PolicyKinds;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.field.UpstreamAddressRule;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.StoredDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Text in, policies out. Immutable, any thread.
 *
 * <pre>{@code
 * PolicySet set = PolicyReader.standard().read(yaml).require();
 * }</pre>
 */
public final class PolicyReader {
    private final List<PolicyKind<?>> kinds;
    private final DocumentReader documents;
    private final EnvelopeReader envelopes;
    private final SetCheck setCheck;
    private final List<Lint> lints;

    public PolicyReader(List<PolicyKind<?>> kinds, DocumentLimits limits) {
        this(kinds, limits, List.of());
    }

    public PolicyReader(List<PolicyKind<?>> kinds, DocumentLimits limits, List<Lint> lints) {
        this.kinds = List.copyOf(kinds);
        this.documents = new DocumentReader(limits);
        this.envelopes = new EnvelopeReader(kinds);
        this.setCheck = new SetCheck(kinds);
        this.lints = List.copyOf(lints);
    }

    /** All kinds, default limits, raw resources checked for their structure only. */
    public static PolicyReader standard() {
        return withXdsResourceCheck(XdsResourceCheck.NONE);
    }

    /** All kinds, default limits, for a mesh of any proxies. */
    public static PolicyReader withXdsResourceCheck(XdsResourceCheck check) {
        return of(check, Capabilities.ALL_PROXIES);
    }

    /** All kinds, default limits, for a mesh of these proxies. */
    public static PolicyReader of(XdsResourceCheck check, Capabilities capabilities) {
        return of(check, capabilities, UpstreamAddressRule.DEFAULT);
    }

    /**
     * All kinds, default limits, for a mesh of these proxies with endpoints that the rule allows.
     */
    public static PolicyReader of(
            XdsResourceCheck check, Capabilities capabilities, UpstreamAddressRule addresses) {
        return new PolicyReader(
                PolicyKinds.documents(check, addresses, capabilities),
                DocumentLimits.DEFAULT,
                Lints.ALL);
    }

    /** The kinds of documents this reader knows. */
    public List<PolicyKind<?>> kinds() {
        return kinds;
    }

    /** What there is to say about some documents of a set, in the order of the lints. */
    public List<Warning> warnings(DocumentSet set, Set<PolicyId> documents) {
        return lints.stream().flatMap(lint -> lint.warnings(set, documents).stream()).toList();
    }

    public SetCheck setCheck() {
        return setCheck;
    }

    /**
     * Reads YAML (or JSON) that is a complete set of its own, with all checks between documents.
     * The set is at revision 1, and so is every document.
     */
    public Checked<PolicySet> read(String yaml) {
        return readSet(yaml).map(DocumentSet::policies);
    }

    /** As {@link #read(String)}, with the text of each document. */
    public Checked<DocumentSet> readSet(String yaml) {
        var violations = new Violations();
        var submitted = byId(read(yaml, Format.YAML, violations), violations);
        var set =
                DocumentSet.of(
                        1,
                        submitted.values().stream().map(document -> stored(document, 1)).toList());
        if (violations.isEmpty()) {
            setCheck.check(DocumentSet.EMPTY, set, submitted, violations);
        }
        return violations.isEmpty()
                ? new Checked.Valid<>(set)
                : new Checked.Invalid<>(violations.list());
    }

    /** Reads a submission; each document is checked by itself only. */
    public List<SubmittedDocument> read(byte[] body, Format format, Violations violations) {
        return envelopes(documents.read(body, format, violations), violations);
    }

    /** Reads a submission; each document is checked by itself only. */
    public List<SubmittedDocument> read(String text, Format format, Violations violations) {
        return envelopes(documents.read(text, format, violations), violations);
    }

    /** The documents by identity; two with the same one are a violation of the second. */
    public static Map<PolicyId, SubmittedDocument> byId(
            List<SubmittedDocument> submitted, Violations violations) {
        var byId = new LinkedHashMap<PolicyId, SubmittedDocument>();
        for (SubmittedDocument document : submitted) {
            SubmittedDocument first = byId.putIfAbsent(document.id(), document);
            if (first != null) {
                document.document()
                        .node(violations)
                        .field("metadata")
                        .field("name")
                        .violate(
                                ViolationCode.DUPLICATE,
                                document.id()
                                        + " is document "
                                        + first.document().index()
                                        + " of this submission already.");
            }
        }
        return byId;
    }

    /**
     * Reads a document that was stored.
     *
     * @throws IllegalArgumentException if it is not valid, listing what is wrong
     */
    public StoredDocument stored(String json, long generation) {
        var violations = new Violations();
        var read = read(json, Format.JSON, violations);
        if (read.size() != 1 || !violations.isEmpty()) {
            throw new IllegalArgumentException(
                    String.join("; ", violations.list().stream().map(Object::toString).toList()));
        }
        return stored(read.getFirst(), generation);
    }

    /** The submitted document as it is stored under a generation. */
    public static StoredDocument stored(SubmittedDocument document, long generation) {
        return new StoredDocument(document.policy().withGeneration(generation), document.json());
    }

    /** The same text for documents that differ in nothing but order, spacing and notation. */
    public static String canonical(String json) {
        var violations = new Violations();
        var read = new DocumentReader(DocumentLimits.DEFAULT).read(json, Format.JSON, violations);
        return read.isEmpty() ? json : TreeJson.canonical(read.getFirst().root());
    }

    private List<SubmittedDocument> envelopes(
            List<PolicyDocument> documents, Violations violations) {
        return documents.stream()
                .flatMap(document -> envelopes.read(document, violations).stream())
                .toList();
    }
}
