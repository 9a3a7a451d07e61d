# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What communes and France services spaces ask: slug, question, answer, the models that it is about."""

from __future__ import annotations

Asked = tuple[str, str, str, tuple[str, ...]]
_ALL_MODELS = ("porte", "maisonnette", "chariot")

OF_BUYERS: tuple[Asked, ...] = (
    (
        "qui-peut-commander",
        "Qui peut commander un meuble avec l’aide de l’État ?",
        "<p>Les collectivités et leurs groupements dont le territoire est classé France ruralités revitalisation (FRR, qui a remplacé les "
        "ZRR) ou comprend un quartier prioritaire (QPV), et tous les espaces France services.</p>"
        '<p><a href="/eligibilite/">Vérifiez en une minute, sans compte</a> : le site regarde les listes officielles en vigueur '
        "aujourd’hui.</p>",
        _ALL_MODELS,
    ),
    (
        "ma-commune-n-est-pas-eligible",
        "Ma commune n’est classée ni en FRR ni en QPV : que faire ?",
        "<p>Trois voies :</p><ul><li>voir si votre intercommunalité, votre département ou votre région peut commander : il suffit qu’une de "
        "leurs communes le puisse ;</li><li>commander à vos frais, sans aide ;</li><li>télécharger les plans, libres, et les confier à "
        'l’atelier que vous voulez.</li></ul><p>Le zonage change : <a href="/eligibilite/">vérifiez à la date du jour</a>.</p>',
        (),
    ),
    (
        "association-ccas-mission-locale",
        "Nous sommes une association, un CCAS, une mission locale : pouvons-nous commander ?",
        "<p>Pas directement, mais votre collectivité peut porter la commande pour vous. C’est elle qui signe la convention et paie "
        "l’atelier ; le meuble est livré chez vous.</p><p>Envoyez-lui "
        '<a href="/comment-ca-marche/">la page qui explique comment cela marche</a> : tout y est en une lecture.</p>',
        (),
    ),
    (
        "combien-coute-un-meuble",
        "Combien coûte un meuble ?",
        "<p>Cela dépend de sa taille, des panneaux et de l’atelier : aucun prix n’est imposé. Sur la page "
        '<a href="/ou-fabriquer/">Où faire fabriquer</a>, chaque atelier affiche une estimation pour votre meuble. Un devis la précise '
        "ligne par ligne : panneaux, heures de machine, montage, quincaillerie, livraison.</p>"
        "<p>Un prix sans rapport avec ceux des autres ateliers est signalé, puis examiné par la coordination.</p>",
        _ALL_MODELS,
    ),
    (
        "quelle-part-est-subventionnee",
        "Quelle part de la dépense est prise en charge ?",
        "<p>La subvention de l’État couvre 80 % de la dépense hors taxes, dans la limite d’un plafond, publié à 40 000 € HT ; votre "
        "collectivité paie le reste. La part, le "
        "plafond et ce à quoi il s’applique sont écrits sur la page de chaque campagne : c’est elle qui fait foi.</p>"
        '<p><a href="/campagnes/">Voir les campagnes ouvertes</a></p>',
        (),
    ),
    (
        "intention-de-commande",
        "Qu’est-ce qu’une intention de commande ? Nous engage-t-elle ?",
        "<p>C’est dire combien de meubles il vous faut, lesquels et pour quoi faire, avant que l’argent soit décidé. Elle ne vous engage "
        "à rien. Tant que la campagne est ouverte, vous changez les quantités comme vous voulez, et vous pouvez la retirer.</p>",
        (),
    ),
    (
        "que-dire-dans-les-motifs",
        "Que faut-il écrire dans les motifs ?",
        "<p>À qui le meuble servira, où, et qui aidera les gens : un conseiller numérique, un agent d’accueil, une secrétaire de mairie. "
        "Deux ou trois phrases simples valent mieux qu’un dossier. La préfecture les lit pour choisir selon les priorités du "
        "territoire.</p>",
        (),
    ),
    (
        "qui-decide-et-quand",
        "Qui décide, et quand ?",
        "<p>La préfecture de votre département, à la fin de la campagne. Elle vérifie que vous pouvez commander, puis retient les "
        "intentions selon ses priorités et l’enveloppe dont elle dispose. Vous êtes prévenu par courriel, et votre espace montre où vous en "
        "êtes.</p>",
        (),
    ),
    (
        "intention-non-retenue",
        "Notre intention n’a pas été retenue : est-ce fini ?",
        "<p>Non. Vous pouvez commander le même meuble à vos frais, avec les mêmes ateliers et les mêmes devis, ou déposer une intention à la "
        "campagne suivante.</p>",
        (),
    ),
    (
        "appel-d-offres",
        "Faut-il lancer un appel d’offres ?",
        "<p>Non, en dessous de 60 000 € HT (40 000 € pour les commandes d’avant le 1er avril 2026) : vous contractez de gré à gré, "
        "directement avec l’atelier de votre choix.</p><p>Il vous reste trois devoirs : choisir une offre pertinente, faire bon usage de "
        "l’argent public, ne pas prendre toujours le même fournisseur. Le site vous y aide : trois devis au plus, un classement expliqué, et un "
        "compte rendu de votre choix à garder au dossier.</p>",
        (),
    ),
    (
        "choisir-l-atelier",
        "Sommes-nous obligés de prendre l’atelier le plus proche ?",
        "<p>Non, mais c’est l’esprit du programme, et la distance compte le plus dans le classement. Si vous en choisissez un autre, pour son "
        "délai, ses panneaux de récupération ou son prix, dites pourquoi en une phrase : elle reste avec la commande.</p>",
        (),
    ),
    (
        "quand-la-fabrication-commence",
        "Quand la fabrication commence-t-elle ?",
        "<p>Quand l’atelier a reçu le bon d’engagement signé, pas avant. Il annonce alors une date, et votre espace suit chaque meuble : à "
        "découper, découpé, monté, fini, expédié.</p>",
        (),
    ),
    (
        "changer-la-taille-ou-l-enseigne",
        "Pouvons-nous changer la taille, ou mettre le nom de notre commune ?",
        "<p>Oui. Chaque modèle se règle : largeur, hauteur, nombre de plateaux, texte gravé. Le poids et le nombre de panneaux suivent, et une "
        "taille qui rendrait le meuble fragile ou instable est refusée, avec la raison.</p>",
        _ALL_MODELS,
    ),
    (
        "defaut-a-la-livraison",
        "Que faire si un meuble arrive abîmé ou incomplet ?",
        "<p>Notez vos réserves à l’arrivée, avec une photo, sur la page de la commande. L’atelier répond : réparer, refaire la pièce, ou "
        "expliquer. Une pièce refaite est suivie comme une neuve, et la commande n’est pas close tant que la réclamation est ouverte.</p>",
        (),
    ),
    (
        "remplacer-une-piece",
        "Une planche casse au bout de deux ans : que faire ?",
        "<p>Pas de panne à chercher : la pièce se refait seule. Chaque meuble porte un code : il ouvre son passeport, où chaque pièce a son dessin à l’échelle 1. N’importe "
        "quel atelier peut la découper à nouveau, dans l’épaisseur du panneau d’origine.</p>",
        _ALL_MODELS,
    ),
    (
        "a-qui-appartient-le-meuble",
        "À qui appartient le meuble, et pouvons-nous le prêter ?",
        "<p>Il est à vous dès que vous avez payé l’atelier. Vous le prêtez, le déplacez, le transformez comme il vous plaît. Qui publie une "
        "version modifiée des plans la partage sous la même licence libre.</p>",
        (),
    ),
)

OF_FRANCE_SERVICES: tuple[Asked, ...] = (
    (
        "france-services-eligible",
        "Notre espace France services peut-il commander, où qu’il soit ?",
        "<p>Oui : tout espace labellisé le peut, sans condition de zonage. Le site le reconnaît au SIRET de la structure, ou à son nom dans "
        'sa commune. S’il ne vous trouve pas, <a href="/contact/?sujet=france-services">dites-le nous</a> : la liste date peut-être '
        "d’avant votre label.</p>",
        _ALL_MODELS,
    ),
    (
        "qui-signe-pour-france-services",
        "Notre espace est porté par une association ou par La Poste : qui signe ?",
        "<p>La structure qui porte l’espace : c’est elle qui achète, avec son SIRET, quelle que soit sa forme juridique. La Poste a des SIRET "
        "qui échappent à la règle de contrôle habituelle ; le site les connaît.</p>",
        (),
    ),
    (
        "quel-meuble-pour-quel-usage",
        "Lequel des trois meubles pour quel usage ?",
        "<ul><li>Accueillir, se montrer, aller sur un marché ou dans un hall : la "
        '<a href="/modeles/porte/">Porte numérique</a>, qui se replie et tient dans un coffre de voiture.</li>'
        '<li>Une démarche confidentielle dans une salle passante : la <a href="/modeles/maisonnette/">Maisonnette</a>, dont les murs '
        "s’ouvrent autour de deux personnes.</li>"
        '<li>Un atelier de groupe, avec des ordinateurs à transporter : le <a href="/modeles/chariot/">Chariot-établi</a>.</li></ul>',
        _ALL_MODELS,
    ),
    (
        "accessible-en-fauteuil",
        "Ces meubles conviennent-ils à une personne en fauteuil roulant ?",
        "<p>La Porte numérique, oui, avec la tablette « assis ou en fauteuil » : dessous, il reste de quoi passer les genoux, 700 mm de haut, "
        "600 de large et 300 de profondeur au moins, et le dessus est à 800 mm au plus, comme le demande la règle des bâtiments publics. "
        "Quand vous la réglez, une taille qui ne le permettrait plus est refusée.</p>"
        "<p>La Maisonnette se pratique assis, le Chariot-établi debout ou autour : leurs tailles ne promettent pas la place d’un "
        "fauteuil.</p>",
        ("porte", "maisonnette", "chariot"),
    ),
    (
        "passer-les-portes",
        "Le meuble passera-t-il nos portes ?",
        "<p>Une porte de 900 mm laisse passer 830 mm, et le Chariot-établi est dessiné pour cela. Si les vôtres sont plus étroites, dites-le en "
        "réglant le meuble : il s’y adapte, ou le site vous prévient qu’il ne peut pas.</p>",
        ("chariot",),
    ),
    (
        "peut-on-le-porter-seul",
        "Une personne seule peut-elle le déplacer ?",
        "<p>Oui. Chaque charge qu’une personne soulève pèse 25 kg au plus, c’est la limite du Code du travail, ou se porte en plusieurs fois. "
        "Le chariot et la maisonnette roulent, avec des freins ; la porte repliée se tire comme un diable.</p>",
        _ALL_MODELS,
    ),
    (
        "qui-se-sert-du-meuble",
        "Qui doit se servir du meuble ?",
        "<p>Un professionnel qui aide les gens avec le numérique : conseiller numérique, médiateur, aidant, agent d’accueil. C’est ce que "
        "l’intention de commande vous demande de dire. Les visiteurs s’en servent avec lui.</p>",
        (),
    ),
)
