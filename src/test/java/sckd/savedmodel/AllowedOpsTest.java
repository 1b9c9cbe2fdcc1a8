package sckd.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllowedOpsTest {
    private static final OpDefs OPS = OpDefs.registered();

    @Test
    void everyNameIsAnOp() {
        assertThat(AllowedOps.NAMES).allMatch(name -> OPS.find(name).isPresent());
    }

    /** What TensorFlow calls stateful may be listed only where it reads a variable, draws numbers or checks. */
    @Test
    void noneOfThemHasAnEffect() {
        assertThat(AllowedOps.NAMES.stream()
                        .filter(OPS::isStateful)
                        .filter(name -> !name.matches(".*Random.*|.*Normal")))
                .containsExactlyInAnyOrder(
                        "Assert",
                        "CheckNumerics",
                        "CheckNumericsV2",
                        "Multinomial",
                        "ReadVariableOp",
                        "ResourceGather",
                        "ResourceGatherNd",
                        "VarHandleOp",
                        "VariableShape");
    }

    @Test
    void opsThatReachOutsideAreNotAmongThem() {
        assertThat(AllowedOps.NAMES)
                .doesNotContain(
                        "ReadFile",
                        "WriteFile",
                        "MatchingFiles",
                        "SaveV2",
                        "RestoreV2",
                        "PrintV2",
                        "PyFunc",
                        "EagerPyFunc",
                        "DebugIdentity",
                        "RemoteCall",
                        "RpcCall",
                        "TFRecordDataset",
                        "DataServiceDataset",
                        "AssignVariableOp",
                        "HashTableV2",
                        "InitializeTableFromTextFileV2",
                        "StatefulPartitionedCall",
                        "While",
                        "If");
    }
}
