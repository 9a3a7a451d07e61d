# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workshops and refurbishers ask: slug, question, answer, the models that it is about."""

from __future__ import annotations

from cms.demo_pages.questions_of_buyers import Asked

_ALL_MODELS = ("porte", "maisonnette", "chariot")

OF_MAKERS: tuple[Asked, ...] = (
    (
        "rejoindre-les-ateliers",
        "Comment mon atelier peut-il rejoindre le réseau ?",
        "<p>À tout moment : vous inscrivez la structure (SIREN), vous décrivez machine, panneaux et prix, puis vous demandez la validation. La "
        'coordination ouvre l’atelier aux commandes, ou vous dit ce qui manque. <a href="/fabriquer/rejoindre/">Les cinq étapes</a></p>',
        (),
    ),
    (
        "quelle-machine",
        "Quelle machine faut-il ?",
        "<p>Une fraiseuse à commande numérique à trois axes. Une table de 2 500 × 1 250 mm prend tout ; une plus petite suffit souvent, et le "
        "site le dit en posant vraiment les pièces. Un laser, qui coupe du contreplaqué mince, fait les maquettes au cinquième.</p>",
        _ALL_MODELS,
    ),
    (
        "panneau-plus-mince",
        "Mes panneaux « de 18 » mesurent 17,4 mm : les pièces s’emboîteront-elles ?",
        "<p>Oui, si vous donnez la mesure. Chaque tenon, chaque fente et chaque profondeur est recalculé pour ce que lit votre pied à "
        'coulisse. Mesurez à quatre endroits et gardez la plus grande valeur. <a href="/fabriquer/calibration/">La calibration</a></p>',
        _ALL_MODELS,
    ),
    (
        "que-contient-le-dossier",
        "Que contient le dossier que je reçois ?",
        "<p>Les panneaux placés en DXF et en SVG, un plan à imprimer, chaque pièce à l’échelle 1, la liste de débit, la quincaillerie, la "
        "notice de montage, le meuble en volume, une éprouvette et, si votre machine est entièrement décrite, son programme. "
        '<a href="/fabriquer/conventions-de-fichiers/">Les conventions de fichiers</a></p>',
        (),
    ),
    (
        "qui-fixe-le-prix",
        "Qui fixe mon prix ?",
        "<p>Vous. Le devis est chiffré avec vos tarifs (panneau, heure de machine, heure de main-d’œuvre, kilomètre), et vous corrigez "
        "chaque ligne avant de l’envoyer, en disant pourquoi. Un prix très au-dessus de la médiane est montré à la coordination, qui vous en "
        "parle.</p>",
        (),
    ),
    (
        "refuser-une-commande",
        "Puis-je refuser une commande ?",
        "<p>Oui, d’un clic et d’un mot d’explication. Mettez aussi vos semaines fermées dans la fiche : on ne vous proposera rien qui n’y "
        "tienne pas.</p>",
        (),
    ),
    (
        "ancien-logiciel",
        "Mon logiciel est ancien : quels formats puis-je avoir ?",
        "<p>DXF R2010, ou R12 si vous le choisissez dans la fiche de la machine ; SVG et PDF toujours. Contours fermés, droites et vrais arcs, "
        "aucune courbe en petits morceaux, aucun texte qui demande une police. GRBL, LinuxCNC, Mach3 et ShopBot ont leur propre "
        'fichier. <a href="/fabriquer/fichiers-machine/">Les fichiers machine</a></p>',
        (),
    ),
    (
        "chutes-et-recuperation",
        "Puis-je employer des chutes et des panneaux de récupération ?",
        "<p>Oui, et cela compte dans votre classement. Décrivez la chute par son contour : elle sert avant qu’un panneau neuf soit ouvert. "
        "Notez les nœuds et les coups, rien n’y sera posé. Dites aussi d’où vient le panneau : neuf, recyclé ou réemployé.</p>",
        (),
    ),
    (
        "piece-qui-force",
        "Une pièce force : est-ce ma machine ou le dessin ?",
        "<p>Découpez l’éprouvette. Si elle va bien et qu’une seule pièce force, c’est le dessin : écrivez-le sous les fichiers, avec le code de la "
        "pièce, et le concepteur répond. Si toute l’éprouvette force, c’est l’épaisseur, la fraise ou le jeu.</p>",
        _ALL_MODELS,
    ),
    (
        "quand-commencer",
        "Quand puis-je commencer à couper ?",
        "<p>Quand le bon d’engagement signé est dans la commande. Avant, un devis accepté n’est pas une commande : ne découpez rien.</p>",
        (),
    ),
    (
        "vendre-les-meubles",
        "Puis-je vendre ces meubles en dehors du programme ?",
        "<p>Oui. Les plans sont sous licence CERN-OHL-S-2.0 : vous fabriquez et vendez librement. Si vous modifiez les plans, vous publiez "
        "vos changements sous la même licence, et vous citez d’où vient le modèle.</p>",
        _ALL_MODELS,
    ),
    (
        "facturer-chorus-pro",
        "Comment facturer une commune ?",
        "<p>Par Chorus Pro, avec le SIRET de l’acheteur et, s’il les demande, son code de service et son numéro d’engagement : ils sont sur "
        "la page de la commande. Si vous ne devez pas la TVA, mettez un taux de 0 dans votre fiche : les devis citent l’article 293 B.</p>",
        (),
    ),
)

OF_REFURBISHERS: tuple[Asked, ...] = (
    (
        "meubles-et-materiel",
        "Quel lien entre ces meubles et le matériel reconditionné ?",
        "<p>C’est le même programme : un meuble pour accueillir, des appareils pour aider. La règle est la même aussi : une intention, un "
        "arbitrage, une aide, l’acteur le plus proche. Ce site-ci traite les meubles ; il ne prend pas encore de commandes de matériel.</p>",
        (),
    ),
    (
        "quels-lots",
        "Quels appareils sont concernés ?",
        "<p>Quatre lots : tablettes, téléphones, ordinateurs fixes, ordinateurs portables. Chacun a une configuration minimale, fixée à "
        "chaque campagne. Demander plusieurs sortes à la fois est normal : six fixes, dix portables, cinq téléphones et deux "
        "tablettes, par exemple.</p>",
        (),
    ),
    (
        "etapes-du-reconditionnement",
        "Quelles étapes avant qu’un appareil reparte ?",
        "<ol><li>La collecte, avec un bordereau ;</li><li>l’effacement des données, certifié ;</li><li>le nettoyage, dehors et dedans ;</li>"
        "<li>la réinstallation ;</li><li>les essais ;</li><li>la vente ou le prêt, à un public du territoire.</li></ol>",
        (),
    ),
    (
        "certificat-d-effacement",
        "Que doit dire un certificat d’effacement ?",
        "<p>Le numéro de série et le type du support, la méthode, la norme et sa révision, l’outil, l’opérateur, la date, la vérification et "
        "son résultat. Sans lui, le donneur ne sait pas ce que sont devenues ses données.</p>",
        (),
    ),
    (
        "qui-peut-recevoir-un-don",
        "Qui peut recevoir du matériel donné ?",
        "<p>Cela dépend du donneur. Certains ne peuvent donner qu’à des structures d’utilité publique, d’autres à toute structure d’intérêt "
        "général ; l’État peut donner à des associations en dessous d’une valeur par appareil. Le statut de qui reçoit doit donc être connu "
        "avant l’envoi.</p>",
        (),
    ),
    (
        "suivre-un-appareil",
        "Pourquoi suivre un appareil après sa remise ?",
        "<p>Parce que le donneur veut savoir à qui sert sa seconde vie : une région qui cède les ordinateurs de ses lycées en rend compte. Un "
        "appareil garde son numéro de série, son certificat d’effacement et son histoire, jusqu’à son bénéficiaire et à sa fin de vie.</p>",
        (),
    ),
    (
        "labels-reconditionneur",
        "Quels labels ou certificats faut-il ?",
        "<p>Aucun n’est exigé ici. Ceux que les donneurs demandent le plus : la conformité DEEE pour les déchets électriques, Ordi 3.0, "
        "ISO 9001. Un fait daté, avec un lien, vaut mieux qu’un logo.</p>",
        (),
    ),
    (
        "petite-structure",
        "Nous sommes une petite structure : avons-nous notre place ?",
        "<p>Oui. Le programme cherche l’acteur le plus proche, pas le plus gros : l’offre et la demande ne se trouvent pas toujours au même "
        'endroit, et c’est tout l’intérêt d’un réseau local. <a href="/contact/?sujet=reconditionnement">Faites-vous connaître</a>.</p>',
        (),
    ),
)
