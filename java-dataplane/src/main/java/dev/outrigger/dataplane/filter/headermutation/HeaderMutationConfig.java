// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.headermutation;

import dev.outrigger.dataplane.config.HeaderChange;
import dev.outrigger.dataplane.config.HeaderEdits.AppendAction;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import dev.outrigger.dataplane.filter.RouteConfigCompiler;
import java.util.List;

/**
 * {@code envoy.extensions.filters.http.header_mutation.v3.HeaderMutation}.
 *
 * @param mostSpecificWins whether what a route says is applied after what its virtual host says
 */
public record HeaderMutationConfig(Mutations mutations, boolean mostSpecificWins)
        implements FilterConfig {
    /** Changes in the order they are made; each sees what the ones before it left. */
    public record Mutations(
            List<HeaderChange> request, List<QueryChange> query, List<HeaderChange> response) {
        public Mutations {
            request = List.copyOf(request);
            query = List.copyOf(query);
            response = List.copyOf(response);
        }
    }

    /** One change of the query. */
    public sealed interface QueryChange {
        /**
         * @param value a format string
         */
        record Append(String key, String value, AppendAction action) implements QueryChange {}

        record Remove(String key) implements QueryChange {}
    }

    /** {@code HeaderMutationPerRoute}. */
    public record PerRoute(Mutations mutations) implements RouteConfigCompiler {
        @Override
        public CompiledMutations compile(FactoryContext context) {
            return new CompiledMutations(mutations);
        }
    }

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        var compiled = new CompiledMutations(mutations);
        return callbacks -> new HeaderMutationFilter(callbacks, compiled, mostSpecificWins);
    }
}
