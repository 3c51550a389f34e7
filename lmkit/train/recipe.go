package train

import (
	"fmt"
	"strings"

	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// Recipe is the configuration with which a paper or a program trained a model.
type Recipe struct {
	Name string
	// Source names the paper or the program. Difference lists how training with Config differs from it.
	Source, Difference string
	// Config lacks only the fields that belong to one run, such as Directory, Seed and Backend.
	Config Config
}

// Recipes lists the known recipes.
//
// Their authors sum the loss over the T time steps of a sequence and average it over the lanes. Run averages over both,
// so its gradient is T times smaller. The weights change by the same amounts if the learning rate of SGD is multiplied
// by T and every limit of the gradient is divided by T: with T = 20, a rate of 20 and a clip of 5/20 stand for
// Zaremba's rate of 1 and clip of 5. RMSprop divides by the size of the gradient, so its rate stays the same.
var Recipes = []Recipe{
	{
		Name: "zaremba-small",
		Source: "Zaremba, Sutskever, Vinyals 2014, Recurrent Neural Network Regularization: " +
			"the model without regularization, 2x200",
		Difference: zarembaDifference,
		Config:     zaremba(200, 20, 0, 0.1, ScheduleOptions{ConstantEpochs: 4, Divisor: 2}, 13),
	},
	{
		Name:       "zaremba-medium",
		Source:     "the same paper: the medium model with regularization, 2x650 with dropout 0.5",
		Difference: zarembaDifference,
		Config:     zaremba(650, 35, 0.5, 0.05, ScheduleOptions{ConstantEpochs: 6, Divisor: 1.2}, 39),
	},
	{
		Name:   "char-rnn",
		Source: "the default values of train.lua in github.com/karpathy/char-rnn (2015)",
		Difference: "an embedding of the hidden size replaces one-hot characters; each layer has PyTorch's two bias " +
			"vectors; every epoch starts from a zero hidden state; " +
			"the short sequence at the end of the lanes is not dropped",
		Config: Config{
			Model:     network.Config{Cell: rnn.LSTM, EmbeddingSize: 128, HiddenSize: 128, Layers: 2},
			Tokenizer: text.Characters{}, Vocabulary: text.VocabularyOptions{Unknown: "<unk>"},
			Objective: Stream{Length: 50}, BatchSize: 50, Epochs: 50,
			Optimizer: "rmsprop", RMSDecay: 0.95, LearningRate: 2e-3, ClipValue: 5.0 / 50,
			Schedule: "step", ScheduleOptions: ScheduleOptions{ConstantEpochs: 10, Divisor: 1 / 0.97},
			Initial: network.InitialWeights{Range: 0.08, ForgetBias: 1}, Valid: 0.05,
		},
	},
}

const zarembaDifference = "each layer has PyTorch's two bias vectors; the short sequence at the end of the lanes is " +
	"not dropped; validation reads the text as one stream; 5 % of the text is held out for validation and 5 % for " +
	"testing, where the paper uses the parts of the Penn Treebank"

// zaremba returns what the models of Zaremba et al. 2014 have in common: 10,000 words, 2 layers, 20 lanes, SGD with a
// rate of 1 and a clip of 5, and a schedule that divides the rate after every epoch from some epoch on.
func zaremba(size, sequence int, dropout, initial float64, schedule ScheduleOptions, epochs int) Config {
	steps := float64(sequence) // see Recipes
	return Config{
		Model:     network.Config{Cell: rnn.LSTM, EmbeddingSize: size, HiddenSize: size, Layers: 2, Dropout: dropout},
		Tokenizer: text.Words{Lowercase: true}, Vocabulary: text.VocabularyOptions{Size: 10000, Unknown: "<unk>"},
		Objective: Stream{Length: sequence}, BatchSize: 20, Epochs: epochs,
		Optimizer: "sgd", LearningRate: 1 * steps, Clip: 5 / steps, Schedule: "step", ScheduleOptions: schedule,
		Dropout: Dropout{Embeddings: dropout, Outputs: dropout}, Initial: network.InitialWeights{Range: initial},
		Valid: 0.05, Test: 0.05,
	}
}

// RecipeNames returns the names of Recipes.
func RecipeNames() []string {
	names := make([]string, len(Recipes))
	for i, r := range Recipes {
		names[i] = r.Name
	}
	return names
}

// FindRecipe returns the recipe with a name.
func FindRecipe(name string) (Recipe, error) {
	for _, r := range Recipes {
		if r.Name == name {
			return r, nil
		}
	}
	return Recipe{}, fmt.Errorf("no recipe is called %q; there are %s", name, strings.Join(RecipeNames(), ", "))
}
