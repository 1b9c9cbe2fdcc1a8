package sckd.savedmodel;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import sckd.UserException;

/**
 * What every loader of a SavedModel runs without being asked: the restore of its variables, and its initialisation (tables). We let TensorFlow load a
 * student that we wrote, and others will: so it is judged like the rest.
 */
final class LoaderProgram {
    private static final String INIT_SIGNATURE = "__saved_model_init_op";
    private static final List<String> INIT_COLLECTIONS = List.of("saved_model_main_op", "legacy_init_op");
    private static final String ASSETS = "saved_model_assets";

    /** A restore hands on what it read: one that computes would load other values than the checkpoint's. */
    private static final Set<String> RESTORE = Set.of(
            "Assign",
            "AssignVariableOp",
            "Cast",
            "Const",
            "Identity",
            "NoOp",
            "Pack",
            "Placeholder",
            "PlaceholderV2",
            "PlaceholderWithDefault",
            "RefIdentity",
            "Reshape",
            "Restore",
            "RestoreSlice",
            "RestoreV2",
            "ShardedFilename",
            "StringJoin",
            "VarHandleOp",
            "Variable",
            "VariableV2");

    private static final Set<String> TABLES = Set.of(
            "HashTable",
            "HashTableV2",
            "InitializeTable",
            "InitializeTableV2",
            "LookupTableImport",
            "LookupTableImportV2",
            "MutableDenseHashTable",
            "MutableDenseHashTableV2",
            "MutableHashTable",
            "MutableHashTableV2");

    /** They read a file, which has to be one of the model's own. */
    private static final Set<String> FILE_TABLES =
            Set.of("InitializeTableFromTextFile", "InitializeTableFromTextFileV2");

    private static final Set<String> INITIALISATION = ImmutableSet.<String>builder()
            .addAll(AllowedOps.NAMES)
            .addAll(RESTORE)
            .addAll(TABLES)
            .build();

    private final MetaGraphDef metaGraph;
    private final TrustedOps trusted;
    private final OpDefs ops;

    private LoaderProgram(MetaGraphDef metaGraph, TrustedOps trusted, OpDefs ops) {
        this.metaGraph = metaGraph;
        this.trusted = trusted;
        this.ops = ops;
    }

    /** @throws UserException if an op of restore or initialisation is not allowed there, or they are not whole */
    static void check(MetaGraphDef metaGraph, TrustedOps trusted, OpDefs ops) {
        var loader = new LoaderProgram(metaGraph, trusted, ops);
        var restore = metaGraph.getSaverDef().getRestoreOpName();
        if (!restore.isEmpty()) {
            loader.check("restore", loader.flatten(List.of(restore)), RESTORE);
        }
        var initialisers = loader.initialisers();
        if (!initialisers.isEmpty()) {
            var graph = loader.flatten(initialisers);
            loader.check("initialisation", graph, INITIALISATION);
        }
    }

    /** The node that a loader is to run, named as a node or as a tensor of it. */
    static String node(String name) {
        try {
            return TensorName.parse(name).node();
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "what loaders are to run is '%s', which is no node's name".formatted(UserException.shorten(name)),
                    e);
        }
    }

    private Set<String> initialisers() {
        var names = new LinkedHashSet<String>();
        var signature = metaGraph.getSignatureDefMap().get(INIT_SIGNATURE);
        if (signature != null) {
            signature.getOutputsMap().values().forEach(output -> names.add(output.getName()));
        }
        for (var collection : INIT_COLLECTIONS) {
            var nodes = metaGraph.getCollectionDefMap().get(collection);
            if (nodes != null) {
                names.addAll(nodes.getNodeList().getValueList());
            }
        }
        return names;
    }

    private FlatGraph flatten(Iterable<String> roots) {
        var nodes = new ArrayList<String>();
        for (var root : roots) {
            nodes.add(node(root));
        }
        return Flattener.flatten(metaGraph.getGraphDef(), nodes, ops).graph();
    }

    private void check(String part, FlatGraph graph, Set<String> allowed) {
        var assets = assets();
        var forbidden = graph.nodes().values().stream()
                .filter(node ->
                        !trusted.allow(node) && !allowed.contains(node.getOp()) && !readsAsset(graph, node, assets))
                .map(node -> AllowedOps.Use.of(graph, node.getName()))
                .toList();
        if (!forbidden.isEmpty()) {
            throw new UserException(
                    "not allowed in the %s of a model, which every loader runs: %s; expected ops that only %s"
                            .formatted(
                                    part,
                                    AllowedOps.list(forbidden),
                                    allowed == RESTORE
                                            ? "hand on what a checkpoint holds"
                                            : "compute and fill tables"));
        }
    }

    private static boolean readsAsset(FlatGraph graph, NodeDef node, Set<String> assets) {
        var inputs = FlatGraph.dataInputs(node);
        return FILE_TABLES.contains(node.getOp())
                && inputs.size() == 2
                && assets.contains(graph.withoutIdentities(inputs.get(1)).node());
    }

    /** The nodes that a loader feeds with the paths of files in the model's own {@code assets/}. */
    private Set<String> assets() {
        var nodes = new HashSet<String>();
        for (var asset : listedAssets()) {
            if (isPlain(asset.getFilename())) {
                nodes.add(node(asset.getTensorInfo().getName()));
            }
        }
        return nodes;
    }

    private List<AssetFileDef> listedAssets() {
        var assets = new ArrayList<>(metaGraph.getAssetFileDefList());
        var collection = metaGraph.getCollectionDefMap().get(ASSETS);
        if (collection != null) {
            for (var any : collection.getAnyList().getValueList()) {
                try {
                    assets.add(AssetFileDef.parseFrom(any.getValue()));
                } catch (InvalidProtocolBufferException e) {
                    throw new UserException("the collection '" + ASSETS + "' is damaged: it cannot be parsed", e);
                }
            }
        }
        return assets;
    }

    /** A name that leads nowhere else. */
    private static boolean isPlain(String file) {
        return !file.isEmpty()
                && !file.startsWith("/")
                && Sets.newHashSet(file.split("[/\\\\]", -1)).stream().noneMatch(part -> part.equals(".."));
    }
}
